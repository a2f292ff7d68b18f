// Which changes the graph shows, and where each of them stands.

const MOST_NEAR = 60;
const MOST_ALL = 300;
const MOST_ORDERS = 200;
const BOX = { width: 206, height: 46 };
const GAP = { x: 26, y: 20 };

// All that a change waits for and all that waits for it, the nearest first, at most `most`.
function around(start, most) {
  const found = new Set([start]);
  const spread = (ways) => {
    const seen = new Set([start]);
    for (const index of seen) {
      for (const other of ways(index)) {
        if (found.size >= most) return;
        seen.add(other); // a set grows while it is walked
        found.add(other);
      }
    }
  };
  spread((index) => changes[index].needs ?? []);
  spread((index) => users[index]);
  return [...found].sort((one, other) => one - other);
}

function edgesAmong(indices) {
  const inside = new Set(indices);
  const needs = indices.flatMap((index) => (changes[index].needs ?? []).filter((need) => inside.has(need)).map((need) => [need, index]));
  const known = new Set(needs.map(([from, to]) => `${from} ${to}`));
  return [...needs, ...ordersAmong(indices).filter(([from, to]) => !known.has(`${from} ${to}`))];
}

// Edges that only say: after every change of a type. Of very many none is drawn; the text has them.
function ordersAmong(indices) {
  const found = indices.flatMap((index) => (changes[index].after ?? []).flatMap((type) => (
    indices.filter((other) => other !== index && changes[other].type === type).map((other) => [other, index, true]))));
  return found.length > MOST_ORDERS ? [] : found;
}

// Layers for what is connected, a grid beneath it for what stands alone.
function positions(indices, edges) {
  const connected = new Set(edges.flatMap(([from, to]) => [from, to]));
  const places = new Map();
  let [width, bottom] = [0, 0];
  if (connected.size) {
    const graph = new dagre.graphlib.Graph();
    graph.setGraph({ rankdir: 'LR', nodesep: GAP.y, ranksep: 56 });
    graph.setDefaultEdgeLabel(() => ({}));
    for (const index of connected) graph.setNode(String(index), { ...BOX });
    for (const [from, to] of edges) graph.setEdge(String(from), String(to));
    dagre.layout(graph);
    for (const index of connected) {
      const { x, y } = graph.node(String(index));
      places.set(index, { x, y });
      width = Math.max(width, x);
      bottom = Math.max(bottom, y + BOX.height + GAP.y);
    }
  }
  const alone = indices.filter((index) => !connected.has(index));
  const columns = Math.max(1, Math.round((width + BOX.width / 2) / (BOX.width + GAP.x)), Math.ceil(Math.sqrt(alone.length)));
  alone.forEach((index, order) => places.set(index, {
    x: BOX.width / 2 + (order % columns) * (BOX.width + GAP.x),
    y: bottom + BOX.height / 2 + Math.floor(order / columns) * (BOX.height + GAP.y),
  }));
  return places;
}
