// Colours that can be read, whatever colour a site has chosen. Contrast is that of WCAG 2.

/** Red, green and blue, 0 to 255. */
export type Rgb = readonly [number, number, number];

export type Scheme = 'light' | 'dark';

/** What texts need. */
const CONTRAST_MIN = 4.5;
const WHITE: Rgb = [255, 255, 255];
const BLACK: Rgb = [17, 20, 24];
/** What messages stand on. */
const GROUND: Record<Scheme, Rgb> = { light: [238, 241, 244], dark: [38, 45, 53] };
const STEP = 0.06;

export interface Palette {
  accent: string;
  /** Text on the accent. */
  onAccent: string;
  /** The accent as text. */
  accentText: string;
}

export function palette(accent: Rgb, scheme: Scheme): Palette {
  const on = contrast(WHITE, accent) >= contrast(BLACK, accent) ? WHITE : BLACK;
  // Between the two a colour may be neither dark nor light enough.
  const solid = legible(accent, on, on === WHITE ? BLACK : WHITE);
  const text = legible(accent, GROUND[scheme], scheme === 'light' ? BLACK : WHITE);
  return { accent: css(solid), onAccent: css(on), accentText: css(text) };
}

/** The colour, moved towards another one until it can be read on the ground. */
export function legible(colour: Rgb, ground: Rgb, towards: Rgb): Rgb {
  let found = colour;
  for (let part = 0; contrast(found, ground) < CONTRAST_MIN && part <= 1; part += STEP) found = mixed(colour, towards, part);
  return found;
}

export function contrast(one: Rgb, other: Rgb): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

export function css([red, green, blue]: Rgb): string {
  return `rgb(${red} ${green} ${blue})`;
}

export function hex(written: string): Rgb | null {
  if (!/^#[0-9a-f]{6}$/i.test(written)) return null;
  const value = Number.parseInt(written.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

function mixed(one: Rgb, other: Rgb, part: number): Rgb {
  const mix = (index: 0 | 1 | 2) => Math.round(one[index] + (other[index] - one[index]) * Math.min(part, 1));
  return [mix(0), mix(1), mix(2)];
}

function luminance(colour: Rgb): number {
  const [red, green, blue] = colour.map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
