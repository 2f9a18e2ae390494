/** The boundaries of docs/architecture: each rule is proved by a planted violation in test/architecture. */
const context = '^src/contexts/([^/]+)/';
const test = '[.]test[.]ts$';

function forbid(name, comment, from, to) {
  return { name, comment, severity: 'error', from, to };
}

module.exports = {
  forbidden: [
    forbid('no-cycle', 'a cycle has no first file to read', {}, { circular: true }),
    forbid('no-unresolved', 'an import that resolves to nothing is a typo', {}, { couldNotResolve: true }),
    forbid('kernel-is-alone', 'the kernel knows nobody', { path: '^src/kernel/', pathNot: test }, { path: '^src/', pathNot: '^src/kernel/' }),
    forbid('kernel-packages', 'the kernel is pure: schemas, hashes and schedules only', { path: '^src/kernel/', pathNot: test }, {
      pathNot: ['^src/kernel/', '(^|/)node_modules/zod/', '(^|/)node_modules/@noble/hashes/', '(^|/)node_modules/cron-parser/'],
    }),
    forbid('contexts-are-strangers', 'contexts meet only through messages', { path: context }, { path: '^src/contexts/', pathNot: '^src/contexts/$1/' }),
    forbid('context-imports', 'a context imports itself and the kernel', { path: context, pathNot: test }, {
      path: '^src/', pathNot: ['^src/kernel/', '^src/contexts/'],
    }),
    forbid('context-packages', 'a context is pure: no Node, no SDK', { path: context, pathNot: test }, {
      dependencyTypesNot: ['local', 'type-only', 'type-import'], pathNot: ['^src/', '(^|/)node_modules/zod/'],
    }),
    forbid('domain-is-pure', 'a domain knows no reaction', { path: '/domain/', pathNot: test }, { path: '/(reactions|steps|report|plan|parser)/', pathNot: '/domain/' }),
    forbid('gitops-imports', 'gitops imports itself and the kernel', { path: '^src/gitops/', pathNot: test }, {
      path: '^src/', pathNot: ['^src/kernel/', '^src/gitops/'],
    }),
    forbid('adapters-know-ports', 'an adapter imports ports and the kernel, no context behind them', { path: '^src/adapters/', pathNot: test }, {
      path: '^src/(contexts|gitops)/', pathNot: ['/ports[.]ts$', '^src/gitops/domain/parsed-file[.]ts$'],
    }),
    forbid('shell-parts-are-strangers', 'handlers, jobs, adapters and local do not know each other', {
      path: '^src/(handlers|jobs|adapters|local)/', pathNot: test,
    }, { path: '^src/(handlers|jobs|adapters|local)/', pathNot: '^src/$1/' }),
    forbid('shell-parts-know-no-context', 'only app.ts joins the parts', { path: '^src/(handlers|jobs|local)/', pathNot: test }, {
      path: '^src/(contexts|gitops)/', pathNot: '/ports[.]ts$',
    }),
    forbid('bullmq-in-jobs-only', 'queues are a detail of jobs', { path: '^src/', pathNot: '^src/jobs/' }, { path: '(^|/)node_modules/bullmq/' }),
    forbid('azure-sdk-in-adapter-only', 'SDKs stay behind ports', { path: '^src/', pathNot: ['^src/adapters/azure/', test] }, { path: '(^|/)node_modules/@azure/' }),
    forbid('local-is-for-demo-and-tests', 'production never reaches the embedded cloud', { path: '^src/', pathNot: ['^src/local/', '^src/cli/', test] }, { path: '^src/local/' }),
    forbid('app-is-the-top', 'only the edges import the composition', { path: '^src/(kernel|contexts|gitops|handlers|jobs|adapters|local)/' }, {
      path: '^src/(app|work|machine|refusals|main|process|config)[.]ts$|^src/cli/',
    }),
    forbid('no-dev-packages', 'what ships does not need a development package', { path: '^src/', pathNot: test }, { dependencyTypes: ['npm-dev'] }),
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'], extensions: ['.ts', '.js', '.mjs', '.json'] },
  },
};
