// A table's rows, one an item, kept and changed in place: focus and selection survive an update.

export class Rows {
  #body;
  #template;
  #fill;
  #rows = new Map();

  /**
   * @param {HTMLElement} panel Holds a tbody and a template of a row.
   * @param {(row: HTMLTableRowElement, item: object, before: object | undefined) => void} fill Shows an item in a row.
   */
  constructor(panel, fill) {
    this.#body = panel.querySelector("tbody");
    this.#template = panel.querySelector("template");
    this.#fill = fill;
    this.empty = panel.querySelector(".empty");
  }

  get(key) {
    return this.#rows.get(key)?.item;
  }

  get items() {
    return [...this.#rows.values()].map(({ item }) => item);
  }

  /** Shows an item, in the row it has or in a new one at the top or the bottom. */
  set(key, item, { first = false } = {}) {
    let entry = this.#rows.get(key);
    if (!entry) {
      const row = this.#template.content.firstElementChild.cloneNode(true);
      entry = { row };
      this.#rows.set(key, entry);
      if (first) this.#body.prepend(row);
      else this.#body.append(row);
    }
    this.#fill(entry.row, item, entry.item);
    entry.item = item;
    this.empty.hidden = true;
  }

  /** Shows again what depends on something else than the item. */
  refresh(key) {
    const entry = this.#rows.get(key);
    if (entry) this.#fill(entry.row, entry.item, entry.item);
  }

  delete(key) {
    this.#rows.get(key)?.row.remove();
    this.#rows.delete(key);
    this.empty.hidden = this.#rows.size > 0;
  }

  clear() {
    for (const key of [...this.#rows.keys()]) this.delete(key);
  }

  /** Puts the rows into an order, moving only those that are out of place. */
  sort(compare) {
    const entries = [...this.#rows.entries()].sort(([, a], [, b]) => compare(a.item, b.item));
    entries.forEach(([, { row }], index) => {
      if (this.#body.children[index] !== row) this.#body.insertBefore(row, this.#body.children[index] ?? null);
    });
  }
}

/** Changes a text only where it differs, so that a screen reader and the selection are left alone. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
