"use strict";
// Words for the point under the pointer or chosen by arrow keys, rows of the table as buttons, and copying. The page
// shows every law without this script.
(() => {
  const words = [...document.querySelectorAll("#words ul")].map((list) => [...list.children].map((line) => line.textContent));
  const readout = document.getElementById("readout");
  const bubble = document.createElement("div");
  bubble.className = "bubble";
  bubble.hidden = true;
  document.body.append(bubble);

  // The points of a drawing: [x, y, words], in units of the drawing; those far outside have no place in it.
  const known = new WeakMap();
  const pointsOf = (plot) => {
    if (known.has(plot)) return known.get(plot);
    const found = [];
    const paths = [...plot.querySelectorAll("path.dots, use")].flatMap((one) =>
      one.localName === "use" ? [...document.querySelector(one.getAttribute("href")).querySelectorAll("path.dots")] : [one]);
    paths.forEach((path, group) => {
      let row = 0;
      for (const place of path.getAttribute("d").matchAll(/M(-?[\d.]+) (-?[\d.]+)/g)) {
        const [x, y] = [Number(place[1]), Number(place[2])];
        if (x >= 0 && y >= 0 && words[group] && words[group][row]) found.push([x, y, words[group][row]]);
        row += 1;
      }
    });
    found.sort((a, b) => a[0] - b[0]);
    known.set(plot, found);
    return found;
  };

  const ring = document.createElementNS("http://www.w3.org/2000/svg", "circle");
  ring.setAttribute("class", "ring");
  ring.setAttribute("r", "7");
  const show = (plot, point, aloud) => {
    ring.setAttribute("cx", point[0]);
    ring.setAttribute("cy", point[1]);
    plot.append(ring);
    bubble.textContent = point[2];
    bubble.hidden = false;
    const at = new DOMPoint(point[0], point[1]).matrixTransform(plot.getScreenCTM());
    const left = Math.min(Math.max(4, at.x - bubble.offsetWidth / 2), document.documentElement.clientWidth - bubble.offsetWidth - 4);
    bubble.style.left = `${left + window.scrollX}px`;
    bubble.style.top = `${at.y + window.scrollY + 14}px`;
    if (aloud && readout) readout.textContent = point[2];
  };
  const hide = () => {
    ring.remove();
    bubble.hidden = true;
  };

  for (const plot of document.querySelectorAll("svg.plot[tabindex]")) {
    let place = -1;
    plot.addEventListener("pointermove", (event) => {
      const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(plot.getScreenCTM().inverse());
      let nearest = null;
      let least = 18 * 18;
      for (const point of pointsOf(plot)) {
        const apart = (point[0] - at.x) ** 2 + (point[1] - at.y) ** 2;
        if (apart < least) [nearest, least] = [point, apart];
      }
      if (nearest) show(plot, nearest, false); else hide();
    });
    plot.addEventListener("pointerleave", hide);
    plot.addEventListener("blur", hide);
    plot.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
      if (event.key === "Escape") hide();
      const points = pointsOf(plot);
      if (!step || !points.length) return;
      event.preventDefault();
      place = place < 0 ? (step > 0 ? 0 : points.length - 1) : (place + step + points.length) % points.length;
      show(plot, points[place], true);
    });
  }

  for (const row of document.querySelectorAll("tr[data-pick]")) {
    row.addEventListener("click", () => document.getElementById(`pick-${row.dataset.pick}`).click());
  }

  const copy = async (text, button) => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const area = document.createElement("textarea");
      area.value = text;
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
    button.textContent = "copied";
    setTimeout(() => { button.textContent = "copy"; }, 1500);
  };
  for (const source of document.querySelectorAll(".code pre, .copyline code")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = "copy";
    button.addEventListener("click", () => copy(source.textContent, button));
    source.before(button);
  }
})();
