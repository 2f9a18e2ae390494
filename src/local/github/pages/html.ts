export interface Html {
  readonly html: string;
}

export interface Page {
  readonly title: string;
  readonly body: Html;
}

/** Every value is escaped unless it is a piece that this function made. */
export function html(parts: TemplateStringsArray, ...values: readonly (string | number | Html | readonly Html[])[]): Html {
  const pieces = parts.map((part, index) => part + (index < values.length ? piece(values[index] ?? '') : ''));
  return { html: pieces.join('') };
}

function piece(value: string | number | Html | readonly Html[]): string {
  if (typeof value === 'string' || typeof value === 'number') return escaped(String(value));
  return 'html' in value ? value.html : value.map((each) => each.html).join('');
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}

const style = `body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1f2328}
pre{white-space:pre-wrap;background:#f6f8fa;border:1px solid #d1d9e0;border-radius:6px;padding:1rem;overflow-wrap:anywhere}
table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #d1d9e0;vertical-align:top}
.state{display:inline-block;padding:0 .6rem;border-radius:1rem;background:#d1d9e0}.success{background:#aceebb}.failure,.error{background:#ffcecb}.merged{background:#d8b9ff}
.file td{border:0;padding:0 .6rem}.file tr:target{background:#fff8c5}.file code{white-space:pre-wrap}a{color:#0969da}small{color:#59636e}`;

export function document(title: string, body: Html): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escaped(title)}</title><style>${style}</style></head><body>${body.html}</body></html>`;
}
