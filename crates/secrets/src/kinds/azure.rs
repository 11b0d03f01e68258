//! Microsoft Azure.

use model::Severity;

use crate::checks::Check;
use crate::kind::{Kind, any_case, exact};

pub(crate) static STORAGE_KEY: Kind = Kind::pattern(
    "azure-storage-account-key",
    "Azure Storage account key",
    &[any_case("accountkey="), exact("+ASt")],
    r"(?i)(?:accountname=[^;]{1,40};\s*accountkey=([A-Z0-9+/]{86}==)|(?-i:\b([A-Za-z0-9+/]{76}\+ASt[A-Za-z0-9+/]{6}==)))",
)
.source("learn.microsoft.com/azure/storage/common/storage-configure-connection-string")
.severity(Severity::Critical)
.reach(90, 140)
.checks(&[Check::Entropy(4.5)])
.samples(
    &[
        "DefaultEndpointsProtocol=https;AccountName=orders;AccountKey=@{b64:86}==;EndpointSuffix=core.windows.net",
        "STORAGE_KEY=@{b64:76}+ASt@{b64:6}==",
    ],
    &["DefaultEndpointsProtocol=https;AccountName=orders;AccountKey=<key>;EndpointSuffix=core.windows.net"],
);

pub(crate) static COSMOS_KEY: Kind = Kind::pattern(
    "azure-cosmos-key",
    "Azure Cosmos DB account key",
    &[any_case("accountendpoint="), exact("ACDb")],
    r"(?i)(?:accountendpoint=https://[^;\s]{1,120};\s*accountkey=([A-Z0-9+/]{86}==)|(?-i:\b([A-Za-z0-9+/]{76}ACDb[A-Za-z0-9+/]{6}==)))",
)
.source("learn.microsoft.com/azure/cosmos-db/how-to-connect: primary key and connection string")
.severity(Severity::Critical)
.reach(90, 300)
.checks(&[Check::Entropy(4.5)])
.samples(&["AccountEndpoint=https://orders.documents.azure.com:443/;AccountKey=@{b64:86}==;"], &["AccountEndpoint=https://orders.documents.azure.com:443/;AccountKey=${KEY};"]);

pub(crate) static SHARED_ACCESS_KEY: Kind = Kind::pattern(
    "azure-shared-access-key",
    "Azure Service Bus, Event Hubs or IoT Hub shared access key",
    &[any_case("sharedaccesskey=")],
    r"(?i)sharedaccesskey=([A-Z0-9+/]{43}=)",
)
.source("learn.microsoft.com/azure/service-bus-messaging/service-bus-sas")
.severity(Severity::Critical)
.reach(4, 80)
.checks(&[Check::Entropy(4.0)])
.samples(
    &["Endpoint=sb://orders.servicebus.windows.net/;SharedAccessKeyName=RootManageSharedAccessKey;SharedAccessKey=@{b64:43}="],
    &["SharedAccessKeyName=Root;SharedAccessKey=SAS_KEY_VALUE"],
);

pub(crate) static SAS_TOKEN: Kind = Kind::pattern(
    "azure-sas-token",
    "Azure shared access signature",
    &[exact("sig=")],
    r"(?i)(?:\bs[vpretki]{1,4}=[^\s\x22'<>]{1,}?(?:&|&amp;|\\u0026))sig=([A-Z0-9%/+]{40,64}(?:%3d|=))",
)
.often_shown()
.source("learn.microsoft.com/rest/api/storageservices/create-account-sas")
.reach(320, 100)
.checks(&[Check::Entropy(3.8)])
.samples(
    &["https://orders.blob.core.windows.net/c?sv=2022-11-02&ss=b&srt=sco&sp=rl&se=2027-01-01T00:00:00Z&sig=@{b62:43}%3D"],
    &["https://orders.blob.core.windows.net/c?sv=2022-11-02&sig=<signature>"],
);

pub(crate) static CLIENT_SECRET: Kind =
    Kind::pattern("azure-client-secret", "Microsoft Entra client secret", &[exact("Q~")], r#"(?:^|["'`=:\s>,])([A-Za-z0-9_~.\-]{3}[0-9]Q~[A-Za-z0-9_~.\-]{31,34})(?:["'`\s<,;&\\]|$)"#)
        .source("docs.github.com/code-security, supported secret scanning patterns: Azure Active Directory application secret; learn.microsoft.com/purview sit-defn")
        .severity(Severity::Critical)
        .reach(6, 48)
        .checks(&[Check::Entropy(3.5)])
        .samples(&["AZURE_CLIENT_SECRET=@{b62:3}8Q~@{b62:34}"], &["AZURE_CLIENT_SECRET=8Q~@{b62:10}"]);

pub(crate) static FUNCTION_KEY: Kind = Kind::pattern(
    "azure-function-key",
    "Azure Functions key",
    &[exact("AzFu"), any_case("azurewebsites.net")],
    r"(?:\b([A-Za-z0-9_\-]{44}AzFu[A-Za-z0-9_\-]{5}[AQgw]==)|azurewebsites\.net/[^\s\x22'<>]{0,160}[?&]code=([A-Za-z0-9/_\-]{40,60}(?:={0,2}|%3[Dd]%3[Dd])))",
)
.source("learn.microsoft.com/azure/azure-functions/function-keys-how-to")
.reach(64, 300)
.checks(&[Check::Entropy(4.0)])
.samples(
    &["HOST_KEY=@{b62:44}AzFu@{b62:5}A==", "https://orders.azurewebsites.net/api/run?code=@{b62:54}=="],
    &["https://orders.azurewebsites.net/api/run?code=${KEY}"],
);

pub(crate) static IDENTIFIABLE_KEY: Kind = Kind::pattern(
    "azure-identifiable-key",
    "Azure service key",
    &[exact("AzSe"), exact("AzCa"), exact("+ACR"), exact("JQQJ99"), exact("AZDO"), exact("+ASb"), exact("+AEh")],
    r"(?:\b[A-Za-z0-9]{42}AzSe[A-D][A-Za-z0-9]{5}\b|\b[A-Za-z0-9]{33}AzCaA[A-Za-z0-9]{5}=|\b[A-Za-z0-9+/]{42}\+ACR[A-D][A-Za-z0-9]{5}\b|\b[A-Za-z0-9]{52}JQQJ99[A-Za-z0-9]{8}[A-Za-z0-9]{18}\b|\b[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}\b|\b[A-Za-z0-9+/]{33}\+A(?:Sb|Eh)[A-Za-z0-9+/]{6,7}=)",
)
.source("github.com/microsoft/security-utilities, documentation of identifiable Azure keys")
.severity(Severity::Critical)
.reach(80, 60)
.checks(&[Check::Entropy(4.0)])
.samples(&["SEARCH_KEY=@{b62:42}AzSeA@{b62:5}", "AZURE_DEVOPS_PAT=@{b62:76}AZDO@{b62:4}"], &["SEARCH_KEY=AzSeA@{b62:5}"]);

pub(crate) static COGNITIVE_KEY: Kind = Kind::assigned(
    "azure-api-key",
    "Azure AI or API Management key",
    &["azure", "cognitive", "ocp-apim", "ocpapim", "openai"],
    &["key", "apikey", "subscriptionkey", "key1", "key2", "searchkey", "speechkey"],
    r"^[0-9a-f]{32}$",
)
.source("learn.microsoft.com/azure/ai-services/authentication")
.checks(&[Check::Entropy(3.0)])
.samples(&["AZURE_OPENAI_API_KEY=@{hex:32}", "Ocp-Apim-Subscription-Key: '@{hex:32}'"], &["AZURE_TENANT_ID=@{hex:32}"]);
