"use strict";

const AWS = require("aws-sdk");
const axios = require("axios");
const jwt = require("jsonwebtoken");
const _ = require("lodash");

const documents = new AWS.DynamoDB.DocumentClient();

exports.handler = async (event) => {
  const claims = jwt.decode(event.headers.authorization);
  const order = _.pick(JSON.parse(event.body), ["id", "items"]);
  await documents.put({ TableName: process.env.TABLE, Item: { ...order, owner: claims.sub } }).promise();
  await axios.post(process.env.CALLBACK, order);
  return { statusCode: 201, body: JSON.stringify(order) };
};
