/** Files of a played customer: stored with the hub as a connector would store them, then sent. */

import { storedHref } from '$lib/desk/body';
import { upload } from '$lib/desk/lookup.svelte';
import { file, type Body } from './customer';

/** What is sent of a file, once the hub has it. */
export async function attached(chosen: File): Promise<Body> {
  const stored = await upload(chosen);
  return file(stored, chosen.name, new URL(storedHref(stored.name), location.origin).href);
}

/** Something to send for who has nothing at hand. */
export async function sample(kind: 'image' | 'text'): Promise<File> {
  if (kind === 'text') return new File(['42 EUR\n'], 'example.txt', { type: 'text/plain' });
  return new File([await picture()], 'example.png', { type: 'image/png' });
}

const [WIDTH, HEIGHT] = [320, 200];

/** Hills under a sun. */
function picture(): Promise<Blob> {
  const canvas = Object.assign(document.createElement('canvas'), { width: WIDTH, height: HEIGHT });
  const pen = canvas.getContext('2d') as CanvasRenderingContext2D;
  pen.fillStyle = '#cfe3ff';
  pen.fillRect(0, 0, WIDTH, HEIGHT);
  for (const [colour, x, y, radius] of [['#f2b632', 250, 55, 28], ['#5b8c5a', 90, 260, 150], ['#3f6b47', 260, 290, 160]] as const) {
    pen.fillStyle = colour;
    pen.beginPath();
    pen.arc(x, y, radius, 0, 2 * Math.PI);
    pen.fill();
  }
  return new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('the picture was not drawn'))), 'image/png'));
}
