// A function that keeps orders, as a program for the `provided.al2023` runtime.
package main

import (
	"context"
	"os"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/golang-jwt/jwt/v4"
	"golang.org/x/text/language"
)

func main() { lambda.Start(handle) }

func handle(ctx context.Context, request events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
	refused := events.APIGatewayV2HTTPResponse{StatusCode: 500}
	claims := jwt.MapClaims{}
	if _, _, err := jwt.NewParser().ParseUnverified(request.Headers["authorization"], claims); err != nil {
		return refused, err
	}
	tag, err := language.Parse(request.Headers["accept-language"])
	if err != nil {
		return refused, err
	}
	settings, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return refused, err
	}
	_, err = dynamodb.NewFromConfig(settings).PutItem(ctx, &dynamodb.PutItemInput{
		TableName: aws.String(os.Getenv("TABLE")),
		Item: map[string]types.AttributeValue{
			"language": &types.AttributeValueMemberS{Value: tag.String()},
			"order":    &types.AttributeValueMemberS{Value: request.Body},
		},
	})
	return events.APIGatewayV2HTTPResponse{StatusCode: 201}, err
}
