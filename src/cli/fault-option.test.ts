import { describe, expect, test } from 'vitest';
import { faultOption, parseFault } from './fault-option.ts';

const once = { times: 1, path: null, method: null, after: 0, by: null };

describe('--fault', () => {
  test.each([
    { reason: 'a name alone strikes once, whatever comes', text: 'azure:429', fault: { ...once, name: 'azure:429' } },
    { reason: 'how often', text: 'github:500,times=3', fault: { ...once, name: 'github:500', times: 3 } },
    { reason: 'until it is cleared', text: 'azure:forbidden,times=always', fault: { ...once, name: 'azure:forbidden', times: null } },
    { reason: 'everything, with spaces and in any order', text: 'azure:reset, method=put, after=2, path=containerApps/checkout, by=bot', fault: { ...once, name: 'azure:reset', method: 'PUT', after: 2, path: 'containerApps/checkout', by: 'bot' } },
    { reason: 'an equals sign in the path', text: 'azure:503,path=a=b', fault: { ...once, name: 'azure:503', path: 'a=b' } },
    { reason: 'everybody, in words', text: 'azure:503,by=anyone', fault: { ...once, name: 'azure:503' } },
  ])('reads $text: $reason', ({ text, fault }) => {
    expect(parseFault(text)).toEqual(fault);
  });

  test.each([
    { reason: 'no such name, and which there are', text: 'azure:428', says: /no such fault.*azure:429.*github:drop-deliveries/ },
    { reason: 'a name that is nearly right', text: 'github:drop-delivery', says: /Did you mean `github:drop-deliveries`/ },
    { reason: 'no such setting, and how it is written', text: 'azure:429,count=3', says: /`count=3` is not one of its settings.*times=N/ },
    { reason: 'zero times', text: 'azure:429,times=0', says: /times is a whole number from 1 on/ },
    { reason: 'a number that is none', text: 'azure:429,times=many', says: /times is a whole number from 1 on/ },
    { reason: 'less than nothing before it', text: 'azure:429,after=-1', says: /after is a whole number from 0 on/ },
    { reason: 'no such method', text: 'azure:429,method=GRAB', says: /method is one of GET, / },
    { reason: 'an empty path, which would be all', text: 'azure:429,path=', says: /path is a part of the path/ },
    { reason: 'nobody of that name', text: 'azure:429,by=alice', says: /by is "bot"/ },
    { reason: 'said twice', text: 'azure:429,times=1,times=2', says: /`times` is there twice/ },
    { reason: 'nothing', text: '', says: /no such fault/ },
  ])('refuses $text: $reason', ({ text, says }) => {
    expect(() => parseFault(text)).toThrow(says);
  });

  test.each([
    { reason: 'unless it says whose', text: 'azure:429', by: 'bot' },
    { reason: 'not when it says everybody', text: 'azure:429,by=anyone', by: null },
  ])('takes whose requests the command means, $reason', ({ text, by }) => {
    expect(parseFault(text, 'bot').by).toBe(by);
  });

  test('is repeatable', () => {
    expect(faultOption()('github:500', faultOption()('azure:429')).map(({ name }) => name)).toEqual(['azure:429', 'github:500']);
  });
});
