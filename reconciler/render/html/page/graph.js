// The drawing of the dependencies: zoom, pan, and a click on a box selects its change.

const canvas = byId('canvas');
const scope = byId('scope');
let drawing;
let drawnFor = '';
let sharedSize;

function colour(name) {
  const probe = make('span');
  probe.style.color = `var(--${name})`;
  document.body.append(probe);
  const value = getComputedStyle(probe).color;
  probe.remove();
  return value;
}

const OWN = {
  create: 'create', update: 'update', changed: 'update', replace: 'replace', delete: 'delete', missing: 'delete',
  undeclared: 'delete', superseded: 'delete', failed: 'delete', adopt: 'adopt', foreign: 'adopt',
};

function looks() {
  const [text, panel, accent, edge, selected, alarmGround] = ['text', 'panel', 'accent', 'strong', 'chosen', 'alarm-ground'].map(colour);
  const kinds = Object.entries(OWN).map(([kind, name]) => ({ selector: `node[kind="${kind}"]`, style: { 'border-color': colour(name) } }));
  return [
    { selector: 'node', style: {
      shape: 'round-rectangle', width: BOX.width, height: BOX.height, 'background-color': panel, 'border-width': 2,
      'border-color': colour('calm'), label: 'data(label)', color: text, 'font-size': 12, 'text-valign': 'center',
      'text-wrap': 'wrap', 'text-max-width': `${BOX.width - 12}px`, 'line-height': 1.3, 'min-zoomed-font-size': 5,
      'font-family': 'system-ui, "Segoe UI", Roboto, Arial, sans-serif' } },
    ...kinds,
    { selector: 'node[?loud]', style: { 'border-width': 4, 'border-color': colour('delete'), 'background-color': alarmGround } },
    { selector: 'edge', style: {
      width: 1.5, 'line-color': edge, 'target-arrow-color': edge, 'target-arrow-shape': 'triangle', 'curve-style': 'bezier', 'arrow-scale': 0.9 } },
    { selector: 'edge[?order]', style: { 'line-style': 'dashed', 'curve-style': 'bezier' } },
    { selector: 'edge.near', style: { width: 3, 'line-color': accent, 'target-arrow-color': accent, 'z-index': 9 } },
    { selector: 'node.chosen', style: { 'background-color': selected, 'overlay-color': accent, 'overlay-opacity': 0.12, 'overlay-padding': 5 } },
  ];
}

// What all names begin with, up to a dash: platform and environment say nothing in a small box.
function sharedStart() {
  const [first, ...others] = changes.map((change) => change.name);
  let size = others.length ? first.length : 0;
  for (const name of others) while (!name.startsWith(first.slice(0, size))) size -= 1;
  return first.slice(0, size).lastIndexOf('-') + 1;
}

function shortName(whole) {
  sharedSize ??= sharedStart();
  const name = whole.slice(sharedSize) || whole;
  return name.length > 23 ? `${name.slice(0, 11)}…${name.slice(-11)}` : name;
}

function elements(indices, edges) {
  const places = positions(indices, edges);
  return [
    ...indices.map((index) => {
      const change = changes[index];
      return { group: 'nodes', position: places.get(index), data: {
        id: `n${index}`, index, kind: change.do, loud: isLoud(change), label: `${change.sign} ${shortName(change.name)}\n${change.type.split('::').at(-1)}` } };
    }),
    ...edges.map(([from, to, order]) => ({ group: 'edges', data: { id: `e${from}-${to}`, source: `n${from}`, target: `n${to}`, order } })),
  ];
}

function visible() {
  if (chosen < 0) return [];
  if (scope.value === 'all') return shown.slice(0, MOST_ALL).sort((one, other) => one - other);
  return around(chosen, MOST_NEAR);
}

function asText(edges) {
  const needed = new Map();
  for (const [from, to] of edges) needed.set(to, [...(needed.get(to) ?? []), from]);
  const items = [...needed].map(([to, froms]) => make('li', {}, link(to), ' waits for ',
    froms.flatMap((from, order) => [order ? ', ' : '', ...link(from)])));
  byId('edge-text').replaceChildren(items.length ? make('ul', {}, items) : make('p', {}, 'None of these changes waits for another.'));
}

function drawGraph() {
  const indices = visible();
  const edges = edgesAmong(indices);
  const wanted = indices.join(' ');
  if (wanted !== drawnFor) {
    drawnFor = wanted;
    byId('graph-note').textContent = indices.length < changes.length ? `${indices.length} of ${changes.length} changes` : '';
    if (byId('edges').open) asText(edges);
    if (drawing) {
      drawing.elements().remove();
      drawing.add(elements(indices, edges));
      fit();
    }
  }
  if (!drawing) return;
  drawing.batch(() => {
    drawing.elements().removeClass('chosen near');
    const own = drawing.getElementById(`n${chosen}`);
    own.addClass('chosen').connectedEdges().addClass('near');
  });
  const own = drawing.getElementById(`n${chosen}`);
  if (own.nonempty()) {
    const box = own.renderedBoundingBox();
    const out = box.x1 < 0 || box.y1 < 0 || box.x2 > drawing.width() || box.y2 > drawing.height();
    if (out) drawing.center(own);
  }
}

function fit() {
  drawing.fit(undefined, 18);
  if (drawing.zoom() > 1.1) { drawing.zoom(1.1); drawing.center(); }
  if (scope.value === 'all') return;
  const own = drawing.getElementById(`n${chosen}`);
  if (drawing.zoom() < 0.55 && own.nonempty()) { drawing.zoom(0.55); drawing.center(own); } // else it is not legible
}

function zoom(factor) {
  drawing.zoom({ level: drawing.zoom() * factor, renderedPosition: { x: drawing.width() / 2, y: drawing.height() / 2 } });
}

function startGraph() {
  if (!changes.some((change) => change.needs || change.after)) {
    byId('graph-section').hidden = true;
    return;
  }
  byId('edges').addEventListener('toggle', () => { if (byId('edges').open) asText(edgesAmong(visible())); });
  scope.value = changes.length > 24 ? 'near' : 'all';
  scope.addEventListener('change', drawGraph);
  let timer;
  listeners.push((what) => {
    clearTimeout(timer);
    if (what === 'choice') drawGraph();
    else timer = setTimeout(drawGraph, 120); // not at every key
  });
  if (typeof cytoscape === 'undefined' || typeof dagre === 'undefined') {
    canvas.hidden = true;
    for (const id of ['closer', 'farther', 'fit']) byId(id).hidden = true;
    byId('edges').open = true;
    return;
  }
  drawing = cytoscape({
    container: canvas, style: looks(), layout: { name: 'preset' }, minZoom: 0.08, maxZoom: 3,
    autoungrabify: true, boxSelectionEnabled: false, userZoomingEnabled: false,
  });
  drawing.on('tap', 'node', (event) => choose(event.target.data('index')));
  drawing.on('mouseover', 'node', (event) => { canvas.title = changes[event.target.data('index')].id; canvas.style.cursor = 'pointer'; });
  drawing.on('mouseout', 'node', () => { canvas.title = ''; canvas.style.cursor = ''; });
  // The wheel scrolls the page until the graph was clicked or focused; with Ctrl it always zooms.
  canvas.addEventListener('wheel', (event) => drawing.userZoomingEnabled(event.ctrlKey || document.activeElement === canvas), { capture: true, passive: true });
  canvas.addEventListener('pointerdown', () => canvas.focus({ preventScroll: true }));
  const pan = (x, y) => () => drawing.panBy({ x, y });
  const keys = {
    '+': () => zoom(1.25), '=': () => zoom(1.25), '-': () => zoom(0.8), 0: () => drawing.fit(undefined, 18),
    ArrowLeft: pan(60, 0), ArrowRight: pan(-60, 0), ArrowUp: pan(0, 60), ArrowDown: pan(0, -60),
  };
  canvas.addEventListener('keydown', (event) => {
    if (!keys[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    keys[event.key]();
  });
  byId('closer').addEventListener('click', () => zoom(1.25));
  byId('farther').addEventListener('click', () => zoom(0.8));
  byId('fit').addEventListener('click', () => drawing.fit(undefined, 18));
}

function repaintGraph() {
  drawing?.style(looks());
}
