"use strict";
(() => {
  const at = (id) => document.getElementById(id);
  const EVERY = 1000, MISSES = 3;
  let seen = -1, misses = 0, asked = false;

  function say(sentence) {
    at("said").hidden = !sentence;
    if (at("said").textContent !== sentence) at("said").textContent = sentence;
  }

  function put(id, text) {
    if (at(id).textContent !== text) at(id).textContent = text;
  }

  function list(id, texts) {
    const items = texts.map((text) => Object.assign(document.createElement("li"), { textContent: text }));
    at(id).replaceChildren(...items);
  }

  // What is set as HTML here are drawings and formulas from the program's own writers, which escape every name.
  function draw(id, markup) {
    at(id).innerHTML = markup;
  }

  function row(law) {
    const tr = document.createElement("tr");
    tr.className = law.selected ? "selected" : "";
    tr.title = law.words;
    const cell = tr.insertCell();
    cell.className = "lawcell";
    cell.innerHTML = law.law;
    for (const [what, value, unit] of [["complexity", law.complexity, ""], ["error", law.error, law.unit]]) {
      const td = tr.insertCell();
      td.className = "number";
      td.innerHTML = `<span class="what">${what}</span> <span></span> ${unit}`;
      td.children[1].textContent = value;
    }
    return tr;
  }

  function showFront(front) {
    draw("front", front.drawing);
    draw("law", front.law);
    at("constants").innerHTML = front.quantities.map((one) => `<li>${one}</li>`).join("");
    at("laws").replaceChildren(...front.laws.map(row));
    at("all").hidden = false;
  }

  function forget() {
    for (const id of ["front", "course", "law", "constants", "laws"]) at(id).replaceChildren();
    at("all").hidden = true;
  }

  function show(state) {
    put("name", state.target ? `${state.name}: ${state.target} = ?` : state.name || "A run begins");
    document.title = `${state.share == null ? "" : Math.floor(100 * state.share) + " % "}${state.name || "symreg"}`;
    put("stage", state.stage ? `${state.stage},` : "begins");
    const spent = [state.elapsed];
    if (state.share != null) spent.push(`${Math.floor(100 * state.share)} % of the budget`);
    if (state.left) spent.push(`up to ${state.left} left`);
    put("spent", spent.filter(Boolean).join(", "));
    if (state.share == null) at("share").removeAttribute("value");
    else at("share").value = state.share;
    const counts = [];
    if (state.evaluated) counts.push(`${state.evaluated} evaluated`);
    if (state.rate) counts.push(`${state.rate} per second`);
    if (state.complexity) counts.push(`complexity ${state.complexity}`);
    if (state.complete != null) counts.push(`complete to complexity ${state.complete}`);
    list("counts", counts);
    if (state.number !== seen) {
      if (state.front) showFront(state.front);
      else forget();
    }
    seen = state.number;
    if (state.course) draw("course", state.course);
    at("law").setAttribute("aria-label", state.formula || "");
    at("stop").disabled = asked || state.stopping || Boolean(state.ended);
    if (state.ended) say(`The run is over (${state.ended}).${state.report ? "" : " There is no report to show."}`);
    else if (state.stopping) say("Stopping: the best so far is being kept, and its report is written.");
    else say("");
  }

  async function look() {
    let state = null;
    try {
      const answer = await fetch(`state?seen=${seen}`, { cache: "no-store" });
      if (answer.ok) state = await answer.json();
    } catch {
      state = null;
    }
    misses = state === null ? misses + 1 : 0;
    if (misses >= MISSES) {
      say("The program no longer answers: the run is over or was cut off. What it has found lies in its folder.");
      at("stop").disabled = true;
      at("share").value = 0;
      return;
    }
    if (state !== null) {
      show(state);
      if (state.ended) {
        if (state.report) location.replace("report");
        else at("share").value = 1;
        return;
      }
    }
    setTimeout(look, EVERY);
  }

  at("stop").addEventListener("click", async () => {
    asked = at("stop").disabled = true;
    say("Stopping: the best so far is being kept, and its report is written.");
    try {
      await fetch("stop", { method: "POST" });
    } catch {
      asked = at("stop").disabled = false;
    }
  });

  look();
})();
