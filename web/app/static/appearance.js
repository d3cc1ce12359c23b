// Before anything is painted: the chosen theme and the direction of the chosen language.
(() => {
  let theme = null;
  let language = null;
  try {
    theme = localStorage.getItem('theme');
    language = localStorage.getItem('PARAGLIDE_LOCALE');
  } catch {
    // Storage may be off; the system's choices are taken then.
  }
  const dark = theme ? theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
  language ??= (navigator.languages ?? [])
    .map((tag) => tag.slice(0, 2))
    .find((tag) => ['en', 'ar', 'ur'].includes(tag));
  if (language === 'ar' || language === 'ur') document.documentElement.dir = 'rtl';
})();
