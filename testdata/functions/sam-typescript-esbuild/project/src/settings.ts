export const queueUrl = process.env.QUEUE_URL as string;
