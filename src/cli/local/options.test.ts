import { describe, expect, test } from 'vitest';
import { paceOption } from './pace.ts';
import { checkPorts, portOption } from './ports.ts';

describe('--port', () => {
  test('names what listens there, and is repeatable', () => {
    expect(portOption('github=8080', portOption('azure=8443'))).toEqual({ azure: 8443, github: 8080 });
  });

  test.each(['8443', 'azure=', 'azure=0', 'azure=65536', 'redis=6379', 'azure=8443x'])('refuses %s', (text) => {
    expect(() => portOption(text)).toThrow(/azure=PORT, github=PORT, panel=PORT/);
  });
});

describe('ports', () => {
  test.each([
    { reason: 'of a cloud that is not started', ports: { github: 9000 }, clouds: ['azure'] as const, says: /--port github=9000 is for a cloud that is not started.*trueup local all/ },
    { reason: 'one for two', ports: { azure: 9000, panel: 9000 }, clouds: ['azure'] as const, says: /--port azure=9000 and --port panel=9000 are one port/ },
  ])('are refused: $reason', ({ ports, clouds, says }) => {
    expect(() => checkPorts(ports, clouds)).toThrow(says);
  });

  test('are taken for what is started, and for the panel', () => {
    checkPorts({ azure: 9000, panel: 9001 }, ['azure']);
  });
});

describe('--pace', () => {
  test.each([
    { reason: 'one of its times', texts: ['operationMs=200'], pace: { operationMs: 200 } },
    { reason: 'several at once or one after the other', texts: ['operationMs=200,readyMs=5', 'expiryMs=1'], pace: { operationMs: 200, readyMs: 5, expiryMs: 1 } },
    { reason: 'a name, with one of its times otherwise', texts: ['quick', 'readyMs=0'], pace: expect.objectContaining({ operationMs: 100, readyMs: 0 }) },
  ])('takes $reason', ({ texts, pace }) => {
    expect(texts.reduce((before, text) => paceOption(text, before), {})).toEqual(pace);
  });

  test.each(['slow', 'operationMs', 'operationMs=fast', 'operation=5', ''])('refuses %s', (text) => {
    expect(() => paceOption(text)).toThrow(/quick, real, or KEY=MILLISECONDS/);
  });
});
