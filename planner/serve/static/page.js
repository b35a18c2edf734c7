"use strict";
// Moves of the controls are asked at once; an answer that is no longer waited for is dropped.
const form = document.getElementById("controls");
const part = document.getElementById("answer");
const byId = (id) => document.getElementById(id);
const visitor = crypto.randomUUID ? crypto.randomUUID() : String(Math.random());
let number = 0, timer = 0;

function shown(control) {
  const value = Number(control.value), unit = control.dataset.unit;
  if (unit === "%") return (value > 0 ? "+" : "") + value + " %";
  if (unit) return value.toLocaleString("en", {maximumFractionDigits: 0}) + " " + unit;
  return percent(value);
}
function percent(share) {
  return share === null ? "" : String(Math.round(share * 1000) / 10) + " %";
}
function query() {
  const words = new URLSearchParams();
  for (const control of form.querySelectorAll("input[type=range]"))
    if (Number(control.value) !== Number(control.dataset.stated)) words.append(control.name, control.value);
  for (const box of form.querySelectorAll("input[type=checkbox]:checked")) words.append("gone", box.value);
  return words.toString();
}
function row(parent, cells) {
  const tr = parent.insertRow();
  cells.forEach((cell, i) => {
    const td = document.createElement(i ? "td" : "th");
    if (!i) td.scope = "row";
    td.append(cell); tr.append(td);
  });
}
const exact = (value) => currency + " " + value.toLocaleString("en", {minimumFractionDigits: 2, maximumFractionDigits: 2});
const currency = byId("cost").textContent.split(" ")[0] === "none" ? part.querySelector("tbody td").textContent.split(" ")[0] : byId("cost").textContent.split(" ")[0];

function show(answer) {
  const plan = answer.status === "plan";
  byId("message").textContent = plan ? "There is a plan." : "There is no plan: " + answer.reasons.join("; ");
  byId("cost").textContent = plan ? exact(answer.cost) : "none";
  byId("extra").textContent = plan ? exact(answer.extra) : "";
  for (const name of ["largest", "foreign", "critical_kept"]) byId(name).textContent = plan ? percent(answer[name]) : "";
  byId("shares").replaceChildren();
  for (const [group, share] of answer.shares || []) {
    const meter = document.createElement("meter");
    meter.min = 0; meter.max = 1; meter.value = share; meter.setAttribute("aria-label", group);
    row(byId("shares"), [group, percent(share), meter]);
  }
  const places = [...(answer.map || [])].sort((a, b) => b.part - a.part);
  byId("map").replaceChildren(...places.map((place) => {
    const circle = document.createElementNS("http://www.w3.org/2000/svg", "circle");
    const title = document.createElementNS("http://www.w3.org/2000/svg", "title");
    title.textContent = place.name + ": " + percent(place.part);
    circle.setAttribute("cx", place.x); circle.setAttribute("cy", place.y); circle.setAttribute("r", place.r);
    circle.append(title); return circle;
  }));
  const item = (text) => { const li = document.createElement("li"); li.textContent = text; return li; };
  byId("places").replaceChildren(...places.map((place) => item(place.name + ": " + percent(place.part))));
  byId("binds").replaceChildren(...(answer.binds || []).map(item));
}
async function ask() {
  const words = query(), mine = ++number;
  part.setAttribute("aria-busy", "true");
  for (let tries = 0; tries < 20; tries++) {
    const reply = await fetch("/answer.json?" + words, {headers: {"X-Visitor": visitor, "X-Question": String(mine)}});
    if (mine !== number) return;
    if (reply.status === 503) { await new Promise((done) => setTimeout(done, 500)); continue; }
    const answer = await reply.json();
    if (mine !== number || answer.status === "stale") return;
    show(answer); break;
  }
  part.setAttribute("aria-busy", "false");
}
function moved(event) {
  const control = event.target;
  if (control.type === "range") control.parentElement.querySelector("output").textContent = shown(control);
  clearTimeout(timer);
  timer = setTimeout(() => {
    const words = query();
    history.pushState(null, "", words ? "/?" + words : "/");
    for (const link of document.querySelectorAll("a[data-keep]")) link.href = link.href.split("?")[0] + "?" + words;
    byId("make").action = "/plan?" + words;
    ask();
  }, 120);
}
function restore() {
  const words = new URLSearchParams(location.search);
  for (const control of form.querySelectorAll("input[type=range]")) {
    control.value = words.get(control.name) ?? control.dataset.stated;
    control.parentElement.querySelector("output").textContent = shown(control);
  }
  const gone = new Set(words.getAll("gone"));
  for (const box of form.querySelectorAll("input[type=checkbox]")) box.checked = gone.has(box.value);
  ask();
}
form.addEventListener("input", moved);
form.addEventListener("submit", (event) => { event.preventDefault(); ask(); });
const undo = byId("undo");
undo.textContent = "Undo"; undo.setAttribute("role", "button"); undo.href = "#undo";
undo.addEventListener("click", (event) => { event.preventDefault(); history.back(); });
undo.addEventListener("keydown", (event) => { if (event.key === " ") { event.preventDefault(); history.back(); } });
addEventListener("popstate", restore);
