/** Logos: files that were uploaded, or names that stand for a picture every client has. */

/** Types out of the box have a logo of which clients know the name; the screens have an icon for it. */
export function isUploaded(logo: string | null | undefined): logo is string {
  return !!logo && !logo.startsWith('_');
}

export function logoUrl(logo: string): string {
  return `/file-engine/api/downloadFileStream?filename=${encodeURIComponent(logo)}`;
}
