/** Which rows of many are drawn: those in sight, and a few beside them. */

/** Up to so many are all drawn. */
export const WHOLE_MAX = 60;
/** Drawn on either side of those in sight, so that they are there before they are scrolled to. */
export const SPARE = 15;

export interface Sight {
  from: number;
  /** The first that is not drawn any more. */
  until: number;
}

/**
 * @param rowPx How high a row is.
 * @param topPx How far they are scrolled.
 * @param seenPx How much of them is seen at once.
 */
export function inSight(count: number, rowPx: number, topPx: number, seenPx: number): Sight {
  if (count <= WHOLE_MAX) return { from: 0, until: count };
  const until = Math.min(count, Math.ceil((topPx + seenPx) / rowPx) + SPARE);
  // What was scrolled far may have become short.
  const from = Math.min(Math.floor(topPx / rowPx), count - Math.ceil(seenPx / rowPx)) - SPARE;
  return { from: Math.max(0, from), until };
}
