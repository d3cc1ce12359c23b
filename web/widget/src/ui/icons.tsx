// Signs beside texts; screen readers pass them over.

const SHAPES = {
  chat: 'M5 4h14a3 3 0 0 1 3 3v7a3 3 0 0 1-3 3h-7l-5 4v-4H5a3 3 0 0 1-3-3V7a3 3 0 0 1 3-3Z',
  close: 'M6 6l12 12M18 6L6 18',
  down: 'M6 9l6 6 6-6',
  more: 'M12 5.5v.01M12 12v.01M12 18.5v.01',
  send: 'M4 12L20 4l-5 16-3.5-6.5L4 12Zm7.5 1.5L20 4',
  clip: 'M20 11.5l-8.2 8.2a5 5 0 0 1-7-7L13.5 4a3.3 3.3 0 0 1 4.7 4.7l-8.6 8.6a1.7 1.7 0 0 1-2.4-2.4l7.8-7.8',
  smile: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18Zm-4-7.5a4.5 4.5 0 0 0 8 0M9 9.5v.01M15 9.5v.01',
  file: 'M14 3H7a2 2 0 0 0-2 2v14a2 2 0 0 0 2 2h10a2 2 0 0 0 2-2V8l-5-5Zm0 0v5h5',
  pin: 'M12 21s7-6.2 7-11.5a7 7 0 1 0-14 0C5 14.8 12 21 12 21Zm0-9a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5Z',
  person: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8Zm-7.5 8.5a7.5 7.5 0 0 1 15 0',
  mail: 'M4 5h16a1 1 0 0 1 1 1v12a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1Zm-1 2l9 6 9-6',
  link: 'M10 14a4 4 0 0 0 6 .4l3-3a4 4 0 0 0-5.7-5.7L12 7m2 3a4 4 0 0 0-6-.4l-3 3a4 4 0 0 0 5.7 5.7L12 17',
  clock: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18Zm0-14v5l3 2',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  checks: 'M2.5 12.5L7 17l9-9.5M12 16l1 1 8.5-9.5',
  alert: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18Zm0-13v5m0 3.5v.01',
} as const;

export function Icon({ of }: { of: keyof typeof SHAPES }) {
  return (
    <svg class={`icon of-${of}`} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={SHAPES[of]} />
    </svg>
  );
}
