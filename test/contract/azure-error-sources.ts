/**
 * Where each error code of the local Azure is known from. `recording <file>`: it is in that recorded traffic. `facts <section>`: the facts
 * name it, from traffic or issues of their own. An address: a user of Azure shows it there. `ours`: nothing that could be cited was found, and
 * docs/local-azure.md says so.
 */
export const errorSources: Readonly<Record<string, string>> = {
  // Azure Resource Manager
  AuthenticationFailed: 'https://github.com/hashicorp/terraform-provider-azurerm/issues/3612',
  AuthorizationFailed: 'https://github.com/microsoft/azure-container-apps/issues/215',
  ExpiredAuthenticationToken: 'https://github.com/microsoft/foundry-dev-tools/issues/461',
  FailedIdentityOperation: 'https://github.com/Azure/azure-cli/issues/31837',
  InternalServerError: 'https://github.com/Azure/azure-cli/issues/28355',
  InvalidApiVersionParameter: 'https://github.com/hashicorp/vault-plugin-secrets-azure/issues/13',
  InvalidAuthenticationToken: 'https://github.com/Azure/azure-sdk-for-java/issues/1714',
  InvalidAuthenticationTokenAudience: 'https://github.com/microsoft/azure-tools-for-java/issues/2077',
  InvalidAuthenticationTokenTenant: 'https://github.com/Azure/azure-sdk-for-python/issues/38382',
  InvalidFilterInQueryString: 'https://github.com/Azure/azure-sdk-for-go/issues/2480',
  InvalidPrincipalId: 'https://github.com/Azure-Samples/azure-search-openai-demo/issues/2848',
  InvalidRequestContent: 'https://github.com/Azure/azure-sdk-for-net/issues/47326',
  InvalidRequestUri: 'ours',
  InvalidResourceGroup: 'https://github.com/Azure/azure-cli/issues/14481',
  InvalidResourceGroupLocation: 'https://github.com/Azure/azure-cli/issues/22242',
  InvalidResourceLocation: 'https://github.com/MicrosoftDocs/azure-docs/issues/70422',
  InvalidResourceName: 'ours',
  InvalidRoleAssignmentId: 'https://github.com/Azure/azure-sdk-for-python/issues/4621',
  LocationNotAvailableForResourceGroup: 'ours',
  LocationNotAvailableForResourceType: 'https://github.com/Azure/pcs-cli/issues/522',
  LocationRequired: 'ours',
  MissingApiVersionParameter: 'https://github.com/MicrosoftDocs/feedback/issues/2279',
  NoRegisteredProviderFound: 'https://github.com/Azure/migAz/issues/246',
  PrincipalNotFound: 'https://github.com/Azure/HubAndSpokeResearchEnclave/issues/50',
  RequestContentTooLarge: 'https://github.com/Azure/azure-api-management-devops-resource-kit/issues/594',
  ResourceGroupNotFound: 'recording cli_error_bodies.json',
  ResourceNotFound: 'recording cli_error_bodies.json',
  RoleAssignmentExists: 'https://github.com/Azure-Samples/azure-search-openai-demo/issues/1091',
  RoleAssignmentNotFound: 'ours',
  RoleAssignmentUpdateNotPermitted: 'https://github.com/Azure-Samples/graphrag-accelerator/issues/168',
  RoleDefinitionDoesNotExist: 'https://github.com/JulianHayward/AzAPICall/pull/23',
  SubscriptionNotFound: 'https://github.com/Azure/azure-cli/issues/33657',
  UnsupportedMediaType: 'https://github.com/Azure/azure-cli/issues/10143',

  // Microsoft.App
  ContainerAppCreateMustContainContainer: 'https://github.com/microsoft/azure-container-apps/issues/194',
  ContainerAppEnvironmentMismatch: 'https://github.com/Azure/azure-cli/issues/26688',
  ContainerAppImageRequired: 'facts A1.5',
  ContainerAppInvalidName: 'https://github.com/microsoft/TWL300-AI-Apps-and-agents/issues/90',
  ContainerAppInvalidRegistryServerValue: 'facts A1.5',
  ContainerAppInvalidResourceTotal: 'https://github.com/Azure/bicep-types-az/issues/1924',
  ContainerAppInvalidRevisionName: 'https://github.com/Azure/azure-quickstart-templates/issues/14660',
  ContainerAppInvalidScaleSpec: 'ours',
  ContainerAppInvalidSecretName: 'https://github.com/Azure/container-apps-deploy-action/issues/116',
  ContainerAppOperationError: 'facts A1.5',
  ContainerAppOperationInProgress: 'facts A1.5',
  ContainerAppRegistriesPasswordSecretRefNotFound: 'recording cli_error_bodies.json',
  ContainerAppReplicaNotFound: 'ours',
  ContainerAppRevisionNotFound: 'ours',
  ContainerAppSecretInvalid: 'facts A1.5',
  ContainerAppSecretKeyVaultUrlInvalid: 'facts A1.5',
  ContainerAppSecretRefNotFound: 'ours',
  InvalidManagedEnvironmentId: 'https://github.com/microsoft/azure-container-apps/issues/194',
  InvalidParameterValueInContainerTemplate: 'facts A1.5',
  ManagedEnvironmentNotFound: 'https://github.com/Azure/container-apps-deploy-action/issues/84',
  ManagedEnvironmentNotProvisioned: 'https://github.com/microsoft/azure-container-apps/issues/868',
  ManagedEnvironmentNotReadyForAppCreation: 'ours',
  ManagedEnvironmentOperationInProgress: 'facts A1.5',
  ManagedEnvironmentProvisioningError: 'ours',
  ManagedEnvironmentStorageNotFound: 'recording cli_error_bodies.json',
  MaxNumberOfRegionalEnvironmentsInSubExceeded: 'https://github.com/microsoft/azure-container-apps/issues/429',
  OperationNotFound: 'ours',

  // Azure Monitor
  BadRequest: 'facts A3',

  // Log Analytics
  AuthorizationRequiredError: 'https://github.com/microsoft/vscode-ext-kusto/issues/80',
  BadArgumentError: 'https://github.com/MicrosoftDocs/feedback/issues/1792',
  InsufficientAccessError: 'https://github.com/microsoft/foundry-dev-tools/issues/734',
  InvalidTokenError: 'https://github.com/Azure/azure-sdk-for-js/pull/15399',
  SyntaxError: 'https://github.com/MicrosoftDocs/azure-docs/issues/18012',

  // Key Vault
  AKV10000: 'https://github.com/Azure/azure-sdk-for-python/issues/24557',
  AKV10022: 'https://github.com/Azure/go-autorest/issues/525',
  AKV10032: 'https://github.com/MicrosoftDocs/azure-docs/issues/75410',
  AKV10046: 'https://github.com/hashicorp/terraform-provider-azurerm/issues/30912',
  BadParameter: 'https://github.com/Azure/azure-sdk-for-net/issues/15784',
  Forbidden: 'https://github.com/Azure/azure-sdk-for-js/issues/24756',
  ForbiddenByRbac: 'https://github.com/pulumi/pulumi-azure-native/issues/890',
  IDX10223: 'https://github.com/Azure/azure-sdk-for-python/issues/12368',
  SecretDisabled: 'https://github.com/Azure/azure-sdk-for-js/issues/24756',
  SecretNotFound: 'https://github.com/Azure/azure-sdk-for-js/issues/25489',
  Unauthorized: 'https://github.com/Azure/azure-sdk-for-python/issues/24557',

  // Entra
  AADSTS1002012: 'https://github.com/microsoftgraph/msgraph-sdk-python/issues/181',
  AADSTS50027: 'https://github.com/panva/openid-client/issues/348',
  AADSTS700016: 'https://github.com/microsoftgraph/msgraph-sdk-dotnet/issues/454',
  AADSTS7000218: 'https://github.com/Azure/azure-sdk-for-go/issues/22386',
  AADSTS700024: 'https://github.com/Azure/azure-workload-identity/issues/693',
  AADSTS70003: 'https://github.com/AzureAD/microsoft-authentication-library-for-dotnet/pull/3023',
  AADSTS700211: 'https://github.com/Azure/azure-workload-identity/issues/1200',
  AADSTS700212: 'ours',
  AADSTS700213: 'https://github.com/dotnet/maui/pull/31978',
  AADSTS90002: 'https://github.com/Azure/azure-cli/issues/22145',

  // Throttling and outages, which only faults cause
  ServiceUnavailable: 'ours',
  SubscriptionRequestsThrottled: 'facts A1.5',
  TooManyRequests: 'facts A1.5',

  // What only an emulator has to say
  MisdirectedRequest: 'ours',
  NotModelled: 'ours',
};
