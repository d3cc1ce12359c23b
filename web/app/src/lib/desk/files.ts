/**
 * Files the hub does not have yet. They are kept in this browser until it has them, so a reload or a hub that is away
 * loses none; in a browser that keeps nothing they are there as long as the page is.
 */

const DATABASE = 'tieline.desk';
const STORE = 'files';

/** Files of one agent, by their attachment's id. */
export class FileShelf {
  readonly #agent: string;
  readonly #here = new Map<string, File>();
  #database: Promise<IDBDatabase> | null = null;

  constructor(agent: string) {
    this.#agent = agent;
  }

  put(id: string, file: File): void {
    this.#here.set(id, file);
    void this.#do('readwrite', (store) => store.put(file, this.#key(id)));
  }

  async get(id: string): Promise<File | null> {
    const here = this.#here.get(id);
    if (here) return here;
    const kept: unknown = await this.#do('readonly', (store) => store.get(this.#key(id)));
    return kept instanceof File ? kept : null;
  }

  drop(id: string): void {
    this.#here.delete(id);
    void this.#do('readwrite', (store) => store.delete(this.#key(id)));
  }

  /** Keeps these and no others. */
  async tidy(ids: string[]): Promise<void> {
    const own = IDBKeyRange.bound(this.#key(''), this.#key('\uffff'));
    const kept = await this.#do('readonly', (store) => store.getAllKeys(own));
    const known = new Set(ids.map((id) => this.#key(id)));
    await Promise.all((kept ?? []).filter((key) => !known.has(String(key))).map((key) => this.#do('readwrite', (store) => store.delete(key))));
  }

  #key(id: string): string {
    return `${this.#agent}/${id}`;
  }

  /** Null where the browser has no room, or no leave to keep things. */
  async #do<T>(mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest<T>): Promise<T | null> {
    try {
      const database = await (this.#database ??= open());
      return await answered(act(database.transaction(STORE, mode).objectStore(STORE)));
    } catch {
      return null;
    }
  }
}

async function open(): Promise<IDBDatabase> {
  const opening = indexedDB.open(DATABASE, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
  return answered(opening);
}

function answered<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('the browser kept nothing'));
  });
}
