// On paper every change of the list stands in full, as far as that can be read.

const MOST_SHEETS = 400;

function fillPaper() {
  const full = shown.slice(0, MOST_SHEETS).map((index) => make('section', { class: 'sheet' }, sections(index, 3)));
  const rest = shown.slice(MOST_SHEETS).map((index) => make('li', {}, `${changes[index].sign} ${changes[index].do} ${changes[index].id}`));
  const title = shown.length === changes.length ? `All ${changes.length}` : `${shown.length} of ${changes.length}, as filtered`;
  byId('paper').replaceChildren(
    make('h2', {}, `${data.drift ? 'Differences' : 'Changes'}: ${title}`), ...full,
    ...(rest.length ? [make('h3', {}, `${rest.length} more, in short`), make('ul', {}, rest)] : []));
}

function startPrint() {
  const clear = () => byId('paper').replaceChildren();
  const paper = matchMedia('print');
  addEventListener('beforeprint', fillPaper);
  addEventListener('afterprint', clear);
  paper.addEventListener('change', () => (paper.matches ? fillPaper() : clear()));
}
