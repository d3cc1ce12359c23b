// Things that happen, kept until somebody asks for them.

const PATIENCE_MS = 15_000;

export function waiting() {
  const happened = [];
  const waiters = new Set();
  const put = (name, what) => {
    happened.push({ name, what, taken: false });
    for (const waiter of [...waiters]) waiter();
  };
  /** The oldest thing of this name that fits and was not given out yet. */
  const next = (name, fits = () => true, patience = PATIENCE_MS) =>
    new Promise((resolve, reject) => {
      const look = () => {
        const found = happened.find((one) => one.name === name && !one.taken && fits(one.what));
        if (!found) return;
        found.taken = true;
        clearTimeout(timer);
        waiters.delete(look);
        resolve(found.what);
      };
      const timer = setTimeout(() => {
        waiters.delete(look);
        const seen = happened.map(({ name: other, taken }) => (taken ? `(${other})` : other)).join(', ');
        reject(new Error(`no ${name} that fits within ${patience} ms; there was: ${seen}`));
      }, patience);
      waiters.add(look);
      look();
    });
  /** What has happened of this name was before: nobody waits for it. */
  const forget = (name) => happened.filter((one) => one.name === name).forEach((one) => (one.taken = true));
  const all = (name) => happened.filter((one) => one.name === name).map(({ what }) => what);
  return { put, next, all, forget };
}
