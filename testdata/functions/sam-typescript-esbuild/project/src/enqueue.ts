import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { queueUrl } from "./settings";

const client = new SQSClient({});

export const handler = async (event: { body: string }): Promise<{ statusCode: number }> => {
  await client.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: event.body }));
  return { statusCode: 202 };
};
