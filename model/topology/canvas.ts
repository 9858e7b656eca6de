/** A sheet of characters to draw boxes and lines on. */

/** A drawing in progress; x counts columns from the left, y rows from the top. */
export class Canvas {
  readonly #rows: string[][] = [];

  /** Writes a text, over whatever stands there. */
  put(x: number, y: number, text: string): void {
    while (this.#rows.length <= y) {
      this.#rows.push([]);
    }
    const row = this.#rows[y] ?? [];
    while (row.length < x) {
      row.push(" ");
    }
    for (const [index, character] of [...text].entries()) {
      row[x + index] = character;
    }
  }

  /** A line from one column to another, ends included. */
  horizontal(fromX: number, toX: number, y: number): void {
    this.put(fromX, y, "-".repeat(toX - fromX + 1));
  }

  /** A line from one row to another, ends included. */
  vertical(x: number, fromY: number, toY: number): void {
    for (let y = fromY; y <= toY; y++) {
      this.put(x, y, "|");
    }
  }

  /** The outline of a box. */
  box(x: number, y: number, width: number, height: number): void {
    for (const edge of [y, y + height - 1]) {
      this.put(x, edge, `+${"-".repeat(width - 2)}+`);
    }
    this.vertical(x, y + 1, y + height - 2);
    this.vertical(x + width - 1, y + 1, y + height - 2);
  }

  /** The drawing without blanks at the ends of its lines. */
  toString(): string {
    return this.#rows.map((row) => row.join("").trimEnd()).join("\n");
  }
}
