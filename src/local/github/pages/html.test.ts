import { describe, expect } from 'vitest';
import { fc, test } from '../../../../test/support/property.ts';
import { document, html } from './html.ts';

describe('html', () => {
  test('whatever a value is, it stays text', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('<', '>', '&', '"', "'", '`', 'a', ' ', '/') }), (text) => {
        const inside = html`<p title="${text}">${text}</p>`.html.slice('<p title="'.length, -'</p>'.length);
        expect(inside.split('">').join('')).not.toMatch(/[<>"']/);
        const [, title = '<'] = /<title>(.*)<\/title><style>/.exec(document(text, html``)) ?? [];
        expect(title).not.toMatch(/[<>"']/);
      }),
    );
  });

  test('pieces are nested, and lists joined, without being escaped again', () => {
    expect(html`<ul>${['a', '<b>'].map((text) => html`<li>${text}</li>`)}</ul>`.html).toBe('<ul><li>a</li><li>&lt;b&gt;</li></ul>');
  });
});
