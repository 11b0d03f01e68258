mod rich;
mod schema;
