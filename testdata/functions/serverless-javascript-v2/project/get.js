const AWS = require("aws-sdk");

const documents = new AWS.DynamoDB.DocumentClient();

module.exports.handler = async (event) => {
  const { Item } = await documents.get({ TableName: process.env.TABLE, Key: { id: event.pathParameters.id } }).promise();
  return { statusCode: Item ? 200 : 404, body: JSON.stringify(Item) };
};
