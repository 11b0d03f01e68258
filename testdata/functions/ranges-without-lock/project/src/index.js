const minimist = require("minimist");

exports.handler = async (event) => minimist(event.words);
