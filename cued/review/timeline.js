"use strict";
// Moves the window over a picture that is complete without it. Two CSS variables, --from and --span (seconds), place everything.
(() => {
  const one = (query) => document.querySelector(query);
  const all = (query) => [...document.querySelectorAll(query)];
  const chart = one("#chart");
  const stage = one(".stage");
  const plot = one(".plot svg");
  const beats = one(".beats");
  const axis = one(".axis");
  const what = one(".say-what");
  const cross = one(".cross");
  const total = Number(chart.dataset.total);
  const low = Number(chart.dataset.low);
  const high = Number(chart.dataset.high);
  const stretches = JSON.parse(one("#stretches").textContent);
  const LEAST_S = Math.min(5, total);
  const TICKS_BELOW_S = 45; // from here on single clicks are far enough apart to be seen
  const view = { from: 0, span: total };

  const clock = (seconds) => {
    const whole = Math.max(0, Math.floor(seconds + 1e-6));
    const two = (value) => String(value).padStart(2, "0");
    const hours = Math.floor(whole / 3600);
    const minutes = Math.floor(whole / 60) % 60;
    return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
  };

  // The numbers are read off the drawn paths, so that picture and words cannot differ.
  const points = (name, stepped) => {
    const found = [];
    let x = 0;
    let y = 0;
    let open = false;
    for (const [, letter, numbers] of (one(`.plot .${name}`)?.getAttribute("d") ?? "").matchAll(/([MLHV])([^MLHV]*)/g)) {
      const [a, b] = numbers.trim().split(/\s+/).map(Number);
      if (letter === "M" && open) found.push([x, null]);
      if (letter === "H") x = a;
      else if (letter === "V") y = a;
      else [x, y] = [a, b];
      open = true;
      if (!(stepped && letter === "H")) found.push([x, high - y]);
    }
    if (open) found.push([x + 0.01, null]);
    return found;
  };
  const lines = { cadence: points("cadence", false), target: points("target", true), tempo: points("tempo", true) };
  const last = (list, seconds) => {
    let from = 0;
    let to = list.length;
    while (from < to) {
      const middle = (from + to) >> 1;
      if (list[middle][0] <= seconds) from = middle + 1;
      else to = middle;
    }
    return from ? list[from - 1][1] : null;
  };
  const segments = all(".segs .seg").map((node) => [Number(node.dataset.t), node.title]);

  const STEPS_S = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400];
  const drawAxis = () => {
    const room = Math.max(2, Math.floor(stage.clientWidth / 72));
    const step = STEPS_S.find((candidate) => view.span / candidate <= room) ?? 28800;
    const ticks = [];
    for (let at = Math.ceil(view.from / step) * step; at <= view.from + view.span; at += step) {
      const node = document.createElement("span");
      node.className = "tick placed";
      node.style.setProperty("--t", at);
      node.textContent = clock(at);
      const share = (at - view.from) / view.span;
      if (share < 0.02 || share > 0.98) node.classList.add(share < 0.5 ? "left" : "right");
      ticks.push(node);
    }
    axis.replaceChildren(...ticks);
  };

  const drawClicks = () => {
    const close = view.span <= TICKS_BELOW_S;
    beats.classList.toggle("ticks", close);
    let path = "";
    if (close) {
      for (const [from, to, count] of stretches) {
        if (to < view.from || from > view.from + view.span) continue;
        for (let n = 0; n < count; n += 1) {
          const at = count > 1 ? from + ((to - from) * n) / (count - 1) : from;
          if (at >= view.from && at <= view.from + view.span) path += `M${at.toFixed(3)} 0.12V0.88`;
        }
      }
    }
    one(".beats path").setAttribute("d", path);
  };

  // As labels.py does for a wide page, with the widths that the letters have here.
  const words = (lane) => all(`.lane.${lane} .word`).map((node) => ({ node, at: Number(node.style.getPropertyValue("--t")), width: 0 }));
  const said = words("said");
  const unsaid = [...new Set(all(".lane.unsaid"))].map((lane) => words("unsaid").filter(({ node }) => node.parentNode === lane));
  const measure = () => {
    for (const word of [said, ...unsaid].flat()) word.node.hidden = false;
    for (const word of [said, ...unsaid].flat()) word.width = word.node.getBoundingClientRect().width;
  };
  const drawWords = (pixels) => {
    const room = stage.clientWidth;
    const freeTo = new Array(room < 600 ? 9 : 6).fill(room); // a narrow page has height to spare
    let rows = 0;
    for (const { node, at, width } of [...said].reverse()) {
      const start = (at - view.from) * pixels;
      const turned = start + width > room;
      const left = turned ? start - width : start;
      const row = freeTo.findIndex((until) => left >= 0 && start <= room && left + width <= until);
      node.hidden = row < 0;
      if (row < 0) continue;
      freeTo[row] = left;
      node.classList.toggle("turned", turned);
      node.style.setProperty("--row", row);
      rows = Math.max(rows, row + 1);
    }
    chart.style.setProperty("--rows", rows);
    for (const lane of unsaid) {
      lane.forEach(({ node, at, width }, index) => {
        const end = index + 1 < lane.length ? Math.min(room, (lane[index + 1].at - view.from) * pixels) : room;
        node.hidden = (at - view.from) * pixels + width > end;
      });
    }
  };

  const draw = () => {
    chart.style.setProperty("--from", view.from);
    chart.style.setProperty("--span", view.span);
    plot.setAttribute("viewBox", `${view.from} 0 ${view.span} ${high - low}`);
    one(".beats svg").setAttribute("viewBox", `${view.from} 0 ${view.span} 1`);
    const pixels = stage.clientWidth / view.span;
    for (const node of all(".segs .seg")) {
      // A segment that began left of the window keeps its name in sight.
      const gone = Math.max(0, Math.min(node.dataset.d, view.from - node.dataset.t) * pixels);
      node.style.paddingLeft = gone ? `${gone + 7}px` : "";
      node.classList.toggle("tight", node.dataset.d * pixels - gone < 22);
    }
    drawWords(pixels);
    drawAxis();
    drawClicks();
  };
  let asked = 0;
  const show = (from, span) => {
    view.span = Math.min(total, Math.max(LEAST_S, span));
    view.from = Math.min(total - view.span, Math.max(0, from));
    cancelAnimationFrame(asked);
    asked = requestAnimationFrame(draw);
  };
  const zoom = (factor, share = 0.5) => {
    const span = Math.min(total, Math.max(LEAST_S, view.span * factor));
    show(view.from + (view.span - span) * share, span);
  };
  const pan = (share) => show(view.from + view.span * share, view.span);

  const tell = (parts) => {
    what.replaceChildren(
      ...parts.flatMap(([word, value]) => {
        const bold = document.createElement("b");
        bold.textContent = value;
        return [document.createTextNode(word), bold];
      }),
    );
  };
  const readAt = (seconds) => {
    const parts = [["", clock(seconds)]];
    const segment = last(segments, seconds);
    if (segment) parts.push([" · ", segment]);
    for (const [name, word] of [["cadence", " · cadence "], ["target", " · target "], ["tempo", " · beat "]]) {
      const value = last(lines[name], seconds);
      if (value !== null) parts.push([word, value.toFixed(name === "cadence" ? 0 : 1)]);
    }
    tell(parts);
  };
  const choose = (index, scroll) => {
    for (const node of all(".on")) if (node !== cross) node.classList.remove("on");
    const mark = one(`.mark[data-i="${index}"]`);
    const row = one(`.cues tr[data-i="${index}"]`);
    mark.classList.add("on");
    row.classList.add("on");
    if (scroll) row.scrollIntoView({ block: "nearest" });
    const more = [".where", ".why"].map((cell) => row.querySelector(cell).textContent).filter(Boolean);
    tell([["", mark.title], [" — ", more.join(" · ")]]);
    return mark;
  };

  const shareOf = (event) => {
    const box = stage.getBoundingClientRect();
    return Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
  };
  const touching = new Map();
  let moved = 0;
  stage.addEventListener("pointerdown", (event) => {
    touching.set(event.pointerId, event.clientX);
    moved = 0;
  });
  stage.addEventListener("pointermove", (event) => {
    const before = touching.get(event.pointerId);
    if (before !== undefined) {
      const others = [...touching].filter(([id]) => id !== event.pointerId).map(([, x]) => x);
      touching.set(event.pointerId, event.clientX);
      moved += Math.abs(event.clientX - before);
      // Only a drag takes the pointer, else a mark would never get its click.
      if (moved > 4 && !stage.hasPointerCapture(event.pointerId)) stage.setPointerCapture(event.pointerId);
      if (others.length === 1) {
        const was = Math.abs(before - others[0]);
        const is = Math.abs(event.clientX - others[0]);
        if (was > 8 && is > 8) zoom(was / is, shareOf({ clientX: (event.clientX + others[0]) / 2 }));
      } else if (!others.length && moved > 4) {
        pan((before - event.clientX) / stage.clientWidth);
      }
    }
    const share = shareOf(event);
    cross.style.left = `${share * 100}%`;
    cross.classList.add("on");
    const mark = event.target.closest?.(".mark");
    if (mark) choose(mark.dataset.i, false);
    else readAt(view.from + share * view.span);
  });
  const release = (event) => touching.delete(event.pointerId);
  stage.addEventListener("pointerup", release);
  stage.addEventListener("pointercancel", release);
  stage.addEventListener("pointerleave", (event) => {
    release(event);
    cross.classList.remove("on");
  });
  stage.addEventListener("dblclick", (event) => zoom(0.5, shareOf(event)));
  stage.addEventListener("click", (event) => {
    const mark = event.target.closest(".mark");
    if (mark && moved <= 4) choose(mark.dataset.i, true);
  });
  stage.addEventListener(
    "wheel",
    (event) => {
      // A plain wheel scrolls the page, as everywhere.
      if (event.ctrlKey || event.metaKey) zoom(Math.exp(event.deltaY * 0.003), shareOf(event));
      else if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) pan((event.deltaX || event.deltaY) * 0.001);
      else return;
      event.preventDefault();
    },
    { passive: false },
  );
  const keys = {
    ArrowLeft: () => pan(-0.2),
    ArrowRight: () => pan(0.2),
    PageUp: () => pan(-0.9),
    PageDown: () => pan(0.9),
    "+": () => zoom(0.6),
    "=": () => zoom(0.6),
    "-": () => zoom(1 / 0.6),
    0: () => show(0, total),
    Home: () => show(0, view.span),
    End: () => show(total, view.span),
  };
  chart.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !(event.key in keys)) return;
    keys[event.key]();
    event.preventDefault();
  });
  one("#closer").addEventListener("click", () => zoom(0.5));
  one("#wider").addEventListener("click", () => zoom(2));
  one("#whole").addEventListener("click", () => show(0, total));
  const over = one(".over");
  const jump = (event) => {
    if (!event.buttons) return;
    const box = over.getBoundingClientRect();
    show(((event.clientX - box.left) / box.width) * total - view.span / 2, view.span);
  };
  over.addEventListener("pointerdown", (event) => {
    over.setPointerCapture(event.pointerId);
    jump(event);
  });
  over.addEventListener("pointermove", jump);
  one(".cues")?.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    const index = button.closest("tr").dataset.i;
    const at = Number(choose(index, false).dataset.t);
    const span = Math.min(view.span, 120);
    show(at - span / 3, span);
    chart.scrollIntoView({ block: "nearest" });
  });
  addEventListener("resize", draw);
  document.documentElement.dataset.ready = "yes";
  measure();
  draw();
})();
