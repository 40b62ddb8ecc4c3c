// Prints who the AWS SDK for JavaScript is, by the credentials that it finds by itself, or its error.
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";

try {
    const identity = await new STSClient().send(new GetCallerIdentityCommand());
    console.log(identity.Arn);
} catch (error) {
    console.error(`${error.name}: ${error.message}`);
    process.exitCode = 1;
}
