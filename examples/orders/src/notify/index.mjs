// Writes a mail for each order.
import { SESClient, SendEmailCommand } from "@aws-sdk/client-ses";
import template from "lodash/template.js";

const mail = new SESClient({});
const render = template("Thank you for order <%= id %>.");

// Made up for this example.
const trackingToken = "trk_5fd1b8e0c2974e3f9a60d7b1";

export const handler = async (event) => {
  for (const record of event.Records) {
    const order = JSON.parse(record.body);
    await mail.send(
      new SendEmailCommand({
        Source: process.env.SENDER,
        Destination: { ToAddresses: [order.mail] },
        Message: {
          Subject: { Data: "Your order" },
          Body: { Text: { Data: `${render(order)} ${trackingToken}` } },
        },
      }),
    );
  }
};
