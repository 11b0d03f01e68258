import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import pick from "lodash/pick.js";

const client = new S3Client({});
const Bucket = process.env.BUCKET;

export const handler = async (event) => {
  const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: event.key }));
  await client.send(new PutObjectCommand({ Bucket, Key: `small/${event.key}`, Body }));
  return pick(event, "key");
};
