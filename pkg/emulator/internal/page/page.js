"use strict";
// What the pages do without this script: everything but drawing a signature and refusing a file before it is sent.
document.documentElement.classList.add("script");

const byId = (id) => document.getElementById(id);
const said = byId("said");

const picture = byId("picture");
if (picture) {
  const judge = () => {
    const file = picture.files[0];
    let problem = "";
    if (file && !["image/jpeg", "image/png"].includes(file.type)) problem = picture.dataset.wrongKind;
    if (file && file.size > Number(picture.dataset.most)) problem = picture.dataset.tooLarge;
    picture.setCustomValidity(problem);
    said.textContent = problem;
  };
  picture.addEventListener("change", judge);
}

const pad = byId("pad");
if (pad) {
  const most = Number(pad.dataset.points), status = byId("pad-said"), strokes = byId("strokes");
  const pen = pad.getContext("2d");
  pen.lineWidth = 4;
  pen.lineCap = pen.lineJoin = "round";
  pen.strokeStyle = "#14307a";
  let drawn = [], count = 0, current = null;

  const point = (event) => {
    const area = pad.getBoundingClientRect();
    const place = (at, from, length, most) => Math.max(0, Math.min(most, Math.round((at - from) * most / length)));
    return [
      place(event.clientX, area.left + pad.clientLeft, pad.clientWidth, pad.width),
      place(event.clientY, area.top + pad.clientTop, pad.clientHeight, pad.height),
    ];
  };
  const add = ([x, y]) => {
    if (count >= most) {
      status.textContent = status.dataset.full;
      return;
    }
    const [fromX, fromY] = current.length ? current[current.length - 1] : [x, y];
    if (current.length && Math.hypot(x - fromX, y - fromY) < 2) return;
    current.push([x, y]);
    count++;
    pen.beginPath();
    pen.moveTo(fromX, fromY);
    pen.lineTo(x, y);
    pen.stroke();
    strokes.value = drawn.map((stroke) => stroke.map((at) => at.join(",")).join(" ")).join(";");
  };
  pad.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || current || count >= most) return;
    event.preventDefault();
    pad.setPointerCapture(event.pointerId);
    said.textContent = status.textContent = "";
    current = [];
    drawn.push(current);
    add(point(event));
  });
  pad.addEventListener("pointermove", (event) => {
    if (current) for (const part of event.getCoalescedEvents?.() ?? [event]) add(point(part));
  });
  for (const end of ["pointerup", "pointercancel"]) pad.addEventListener(end, () => { current = null; });
  byId("clear").addEventListener("click", () => {
    drawn = [];
    count = 0;
    strokes.value = "";
    pen.clearRect(0, 0, pad.width, pad.height);
    status.textContent = status.dataset.cleared;
  });

  const form = pad.closest("form");
  if (!form.dataset.way) byId("draw").checked = true;
  form.addEventListener("submit", (event) => {
    if (event.submitter?.value === "sign" && byId("draw").checked && !strokes.value) {
      event.preventDefault();
      said.textContent = said.dataset.noInk;
    }
  });
}
