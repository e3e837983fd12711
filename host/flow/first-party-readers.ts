/** Types that bundles of this project read which not every home has. */
const READERS = {
  'ccos/legacy': [
    'application/msword',
    'application/vnd.ms-excel',
    'application/vnd.ms-outlook',
    'application/vnd.ms-powerpoint',
  ],
  'ccos/ocr': ['image/bmp', 'image/gif', 'image/jpeg', 'image/png', 'image/tiff', 'image/webp'],
} as const;

/** The bundle that reads a media type, as it was identified; undefined where none does. */
export function firstPartyReader(mediaType: string): string | undefined {
  const found = Object.entries(READERS).find(([, types]) =>
    (types as readonly string[]).includes(mediaType),
  );
  return found?.[0];
}
