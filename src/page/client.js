// What a page with a script can do more: tables are sorted, filtered, and show exact values. Without it, all is there to read.
{
  const make = (tag, facts, ...children) => {
    const node = Object.assign(document.createElement(tag), facts);
    node.append(...children);
    return node;
  };

  /** What a cell is sorted by: a number, or else its text; null for an empty one. */
  const keyOf = (cell) => {
    const given = cell.dataset.by ?? cell.textContent.trim();
    const number = Number(given);
    return given === '' ? null : Number.isNaN(number) ? given : number;
  };

  const isNumber = (key) => typeof key === 'number';

  /** Numbers before texts; what is empty comes last in both directions. */
  const compare = (a, b, sign) => {
    if (a === null || b === null) return (a === null) - (b === null);
    if (isNumber(a) && isNumber(b)) return sign * (a - b);
    if (isNumber(a) !== isNumber(b)) return isNumber(a) ? -1 : 1;
    return sign * a.localeCompare(b, 'en', { numeric: true });
  };

  const sortable = (table) => {
    const body = table.tBodies[0];
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      if (head.querySelector('svg')) return;
      const button = make('button', { type: 'button' }, ...head.childNodes);
      head.append(button);
      button.addEventListener('click', () => {
        const before = head.getAttribute('aria-sort');
        // The greatest number first, but the first word.
        const starts = head.classList.contains('n') ? 'descending' : 'ascending';
        const other = before === 'descending' ? 'ascending' : 'descending';
        const order = before ? other : starts;
        for (const one of heads) one.removeAttribute('aria-sort');
        head.setAttribute('aria-sort', order);
        const keyed = [...body.rows].map((row) => [keyOf(row.cells[column]), row]);
        keyed.sort(([a], [b]) => compare(a, b, order === 'ascending' ? 1 : -1));
        body.append(...keyed.map(([, row]) => row));
      });
    });
  };

  /** A button that shows what rounded cells hold, and rounds them again; null if none is rounded. */
  const exactButton = (around) => {
    const numbers = [...around.querySelectorAll('tbody [data-exact], tbody .n[data-by]')];
    const cells = numbers.map((cell) => [cell, cell.textContent, cell.dataset.exact ?? cell.dataset.by]);
    if (cells.length === 0) return null;
    const button = make('button', { type: 'button', className: 'exact' }, 'Exact values');
    button.setAttribute('aria-pressed', 'false');
    button.addEventListener('click', () => {
      const isExact = button.getAttribute('aria-pressed') === 'false';
      button.setAttribute('aria-pressed', `${isExact}`);
      for (const [cell, rounded, exact] of cells) cell.textContent = isExact ? exact : rounded;
    });
    return button;
  };

  /** Rows that nobody needs to filter. */
  const few = 5;

  /** Above the tables of cases: a text that rows have to hold, and whether they have to be clear. */
  const filterable = (section) => {
    const rows = [...section.querySelectorAll('tbody tr')].map((row) => {
      const text = [...row.querySelectorAll('.case, .who, th')].map((cell) => cell.textContent).join(' ');
      return { row, text: text.toLowerCase(), isClear: !row.matches('.vague, .withheld') };
    });
    const folds = [...section.querySelectorAll('details.more')];
    const words = make('input', { type: 'search', autocomplete: 'off', spellcheck: false });
    const clear = make('input', { type: 'checkbox' });
    const said = make('span', { role: 'status' });
    const show = () => {
      const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const { row, text, isClear } of rows) {
        row.hidden = !((isClear || !clear.checked) && wanted.every((word) => text.includes(word)));
        if (!row.hidden) shown++;
      }
      // A row that was found is not left folded away.
      for (const fold of folds)
        fold.open ||= wanted.length > 0 && fold.querySelector('tbody tr:not([hidden])') !== null;
      said.textContent = `${shown} of ${rows.length} rows shown`;
    };
    words.addEventListener('input', show);
    clear.addEventListener('change', show);
    const filters = [
      make('label', {}, 'Filter by case or candidate ', words),
      make('label', {}, clear, ' only clear differences'),
    ];
    const tools = [...(rows.length > few ? filters : []), exactButton(section) ?? '', said];
    section.querySelector('.cases').before(make('div', { className: 'tools' }, ...tools));
    show();
  };

  for (const table of document.querySelectorAll('table')) {
    if (!table.tHead || !table.tBodies[0]) continue;
    sortable(table);
    const button = table.closest('.cases') ? null : exactButton(table);
    if (button) table.closest('.scroll').before(button);
  }
  for (const section of document.querySelectorAll('section:has(.cases)')) filterable(section);
}
