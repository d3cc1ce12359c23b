import { describe, expect, test } from 'vitest';
import { readBody, summary, textOfHtml } from './body';
import { safeHref, safeMedia, spans, words } from './text';

describe('a body is shown as what it is', () => {
  const href = 'https://files.example/9f3a_plan.png';
  const attachment = { mediaUrl: href, mimeType: 'image/png', size: 2048, thumbnail: '' };
  test.each<[string, unknown, unknown, string]>([
    ['text', { type: 'PLAIN', markdownText: 'Good *day*' }, { is: 'text', text: 'Good *day*' }, 'Good day'],
    ['an image', { type: 'IMAGE', caption: 'The plan', attachment }, { is: 'image', caption: 'The plan', file: { href, size: 2048 } }, 'The plan'],
    ['a caption that only repeats the name', { type: 'IMAGE', caption: 'a.png', attachment, additionalDetails: { fileName: 'a.png' } }, { caption: '', file: { name: 'a.png' } }, 'a.png'],
    ['a file', { type: 'FILE', attachment: { ...attachment, mimeType: 'application/pdf' }, additionalDetails: { fileName: 'bill.pdf' } }, { is: 'file', file: { name: 'bill.pdf' } }, 'bill.pdf'],
    ['a video among many kinds', { type: 'MULTIMEDIA', attachment: { ...attachment, mimeType: 'video/mp4' } }, { is: 'video' }, '9f3a_plan.png'],
    ['a file at an unsafe address', { type: 'IMAGE', attachment: { mediaUrl: 'javascript:alert(1)' } }, { file: { href: null } }, ''],
    ['a sticker', { type: 'STICKER', mediaUrl: '/s.webp' }, { is: 'sticker', href: '/s.webp' }, ''],
    ['a link', { type: 'URL', mediaUrl: 'https://example.org/a' }, { is: 'link', href: 'https://example.org/a' }, 'https://example.org/a'],
    ['a link that would run something', { type: 'URL', mediaUrl: 'data:text/html,x' }, { is: 'link', href: null }, 'data:text/html,x'],
    ['a place', { type: 'LOCATION', location: { latitude: 52.5, longitude: 13.4 } }, { is: 'location', latitude: 52.5 }, '52.5, 13.4'],
    ['a place without coordinates', { type: 'LOCATION', location: {} }, { is: 'other', type: 'LOCATION' }, 'LOCATION'],
    ['a contact', { type: 'CONTACT', contacts: [{ name: { formattedName: 'Jo' }, phones: [{ phone: '1' }] }] }, { contacts: [{ name: 'Jo', phones: ['1'] }] }, 'Jo'],
    ['buttons', { type: 'BUTTON', markdownText: 'Which?', buttons: [{ title: 'This', payload: 'x', type: 'reply' }] }, { is: 'buttons', text: 'Which?', buttons: [{ title: 'This', href: null }] }, 'Which?'],
    ['a carousel', { type: 'CAROUSEL', elements: [{ text: 'One', url: '/1.png', buttons: [] }] }, { is: 'carousel', cards: [{ text: 'One', image: '/1.png' }] }, 'One'],
    ['a template', { type: 'TEMPLATE', name: 'welcome', language: { code: 'de' }, components: [{ type: 'body', parameters: [{ parameterType: 'text', additionalParameterDetails: { text: 'Jo' } }] }] }, { is: 'template', name: 'welcome', parts: [{ name: 'body', values: ['Jo'] }] }, 'welcome'],
    ['a receipt', { type: 'RECEIPT', merchantName: 'Shop', orderNumber: '7', currency: 'EUR', elements: [{ title: 'Tea', quantity: 2, price: 5 }], summary: { totalCost: 10 } }, { is: 'receipt', receipt: { items: [{ title: 'Tea', quantity: 2 }], totals: [{ name: 'totalCost', amount: 10 }] } }, 'Shop · 7'],
    ['a mail', { type: 'EMAIL', subject: 'Bill', from: 'a@b.c', recipientsTo: ['x@y.z'], htmlBody: '<p>Hi<script>bad()</script></p>' }, { is: 'email', email: { subject: 'Bill', to: ['x@y.z'], text: 'Hi' } }, 'Bill'],
    ['a comment', { type: 'COMMENT', itemType: 'TEXT', markdownText: 'Nice', postId: '1' }, { is: 'comment', text: 'Nice', post: '1' }, 'Nice'],
    ['a wrap-up', { type: 'WRAPUP', note: 'called back', wrapups: [{ categoryName: 'A', value: 'B' }] }, { is: 'wrap_up', codes: [{ category: 'A', value: 'B' }], note: 'called back' }, 'B'],
    ['a type of later days', { type: 'HOLOGRAM', markdownText: '', depth: 3, frames: { n: 1 } }, { is: 'other', type: 'HOLOGRAM', members: [{ name: 'depth', value: '3' }, { name: 'frames', value: '{"n":1}' }] }, 'HOLOGRAM'],
    ['nothing', null, { is: 'text', text: '' }, ''],
    ['nonsense', { type: 7, attachment: 'x', buttons: 'y' }, { is: 'other', type: '7' }, '7'],
  ])('%s', (_, wire, expected, short) => {
    const body = readBody(wire);
    expect(body).toMatchObject(expected as object);
    expect(summary(body)).toBe(short);
  });
});

describe('text', () => {
  const told = (written: string) =>
    spans(written)
      .map(function show(one): string {
        if (one.is === 'break') return '⏎';
        if ('spans' in one) return `<${one.is}>${one.spans.map(show).join('')}</>`;
        return one.is === 'text' ? one.text : one.is === 'code' ? `<code>${one.text}</>` : `<${one.href}>${one.text}</>`;
      })
      .join('');
  test.each([
    ['*bold* _slanted_ ~~gone~~ `x < y`', '<strong>bold</> <em>slanted</> <struck>gone</> <code>x < y</>'],
    ['**bold**', '<strong>bold</>'],
    ['one\ntwo', 'one⏎two'],
    ['# not a heading\n- not a list', '# not a heading⏎- not a list'],
    ['snake_case_name and 2*3*4', 'snake_case_name and 2<strong>3</>4'],
    ['<b>bold</b> <img src=x onerror=alert(1)>', '<b>bold</b> <img src=x onerror=alert(1)>'],
    ['<script>alert(1)</script>', '<script>alert(1)</script>'],
    ['see https://example.org/a?b=1.', 'see <https://example.org/a?b=1>https://example.org/a?b=1</>.'],
    ['[here](https://example.org)', '<https://example.org/>here</>'],
    ['[bank.example](https://evil.example)', '<https://evil.example/>bank.example (https://evil.example)</>'],
    ['[run](javascript:alert(1))', '[run](javascript:alert(1))'],
    ['![x](https://example.org/x.png)', '![x](https://example.org/x.png)'],
    ['&lt;b&gt; &amp;', '&lt;b&gt; &amp;'],
    ['مرحبا *بك*', 'مرحبا <strong>بك</>'],
  ])('%s', (written, expected) => {
    expect(told(written)).toBe(expected);
  });

  test('a line for lists has no marks', () => {
    expect(words('*One*\n\n_two_ `three`')).toBe('One two three');
  });

  test.each([
    ['https://a.b/c', 'https://a.b/c'],
    ['mailto:a@b.c', 'mailto:a@b.c'],
    ['javascript:x', null],
    [' JaVaScRiPt:x', null],
    ['data:text/html,x', null],
    ['//a.b', null],
    ['', null],
    [7, null],
  ])('a link to %s', (href, expected) => {
    expect(safeHref(href)).toBe(expected);
  });

  test.each([
    ['/file-engine/api/downloadFileStream?filename=a.png', '/file-engine/api/downloadFileStream?filename=a.png'],
    ['//evil.example/x', null],
    ['/\\evil.example/x', null],
    ['mailto:a@b.c', null],
  ])('a file at %s', (href, expected) => {
    expect(safeMedia(href)).toBe(expected);
  });

  test.each([
    ['<style>p{}</style><p>One</p><p>Two &amp; &#51; &bogus;</p>', 'One\n\nTwo & 3 &bogus;'],
    ['a<br>b', 'a\nb'],
    ['<img src=x onerror=alert(1)>hi', 'hi'],
    ['&lt;script&gt;', '<script>'],
  ])('the words of %s', (html, expected) => {
    expect(textOfHtml(html)).toBe(expected);
  });
});
