/** Logos: names that stand for a picture every client has, or files that were uploaded. */

import { ask } from '$lib/api/client';

/** Out-of-box types have a logo of which clients know the name; it is no file. */
export function isUploaded(logo: string | null): logo is string {
  return !!logo && !logo.startsWith('_');
}

export function logoUrl(logo: string): string {
  return `/file-engine/api/downloadFileStream?filename=${encodeURIComponent(logo)}`;
}

class ChosenLogo {
  file: File | null = $state.raw(null);
  url: string | null = $state(null);

  choose(file: File | null): void {
    if (this.url) URL.revokeObjectURL(this.url);
    this.file = file;
    this.url = file && URL.createObjectURL(file);
  }

  /** Sends what was chosen to the type it is for. */
  async send(typeId: string): Promise<void> {
    if (!this.file) return;
    const form = new FormData();
    form.append('file', this.file);
    await ask('POST', `/ccm/channel-types/${typeId}/logo`, { body: form });
    this.choose(null);
  }
}

/** Chosen and not sent yet. There is one form for channel types at a time. */
export const chosenLogo = new ChosenLogo();
