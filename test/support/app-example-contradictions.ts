/** Where an example of the specification answers something else than was sent. Illustrations, not traffic: no service that fills in defaults answers so. */
export const exampleContradictions: readonly { readonly example: string; readonly path: string; readonly reason: string }[] = [
  ...['ContainerApps_CreateOrUpdate', 'ContainerApps_ManagedBy_CreateOrUpdate', 'ContainerApps_TcpApp_CreateOrUpdate', 'ContainerApps_Patch'].flatMap((example) => [
    { example, path: 'properties.template.containers[*].image', reason: 'v1 is sent, v4 answered' },
    { example, path: 'properties.configuration.ingress.traffic', reason: 'all to one revision is sent, two revisions are answered' },
  ]),
  ...['ingress.clientCertificateMode', 'ingress.corsPolicy', 'ingress.additionalPortMappings', 'dapr.httpMaxRequestSize', 'dapr.logLevel', 'dapr.enableApiLogging', 'maxInactiveRevisions', 'service'].map((path) => ({
    example: 'ContainerApps_CreateOrUpdate',
    path: `properties.configuration.${path}`,
    reason: 'sent, and left out of the answer',
  })),
  { example: 'ContainerApps_CreateOrUpdate', path: 'properties.template.serviceBinds', reason: 'sent, and left out of the answer' },
  { example: 'ContainerApps_Patch', path: 'properties.configuration.ingress.customDomains', reason: 'www.my-other-name.com is sent, www.my--other-name.com answered' },
  ...['tags', 'properties.configuration.ingress.stickySessions', 'properties.configuration.service', 'properties.template.containers[*].probes', 'properties.template.serviceBinds'].map((path) => ({
    example: 'ContainerApps_Patch',
    path,
    reason: 'sent, and left out of the answer',
  })),
];
