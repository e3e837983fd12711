/** How far a document is that somebody waits for, in the pages or parts that its plugin counts. */
export interface Progress {
  readonly done: number;
  readonly total: number;
}

/** How far documents are, each under the name that who waits has given it, for as long as it is read. */
export class ProgressBoard {
  readonly #entries = new Map<string, Progress>();

  /** Does `work`, and takes note under `name` of what it tells. */
  async follow<Result>(
    name: string,
    work: (onProgress: (done: number, total: number) => void) => Promise<Result>,
  ): Promise<Result> {
    try {
      return await work((done, total) => this.#entries.set(name, { done, total }));
    } finally {
      this.#entries.delete(name);
    }
  }

  of(name: string): Progress | undefined {
    return this.#entries.get(name);
  }
}
