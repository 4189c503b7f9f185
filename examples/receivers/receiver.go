// Receives webhooks: go run receiver.go PORT. Needs Go 1.19 and nothing else.
package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"sync"
)

const maxBytes = 1 << 20

var secrets = map[string]string{env("APP_KEY", "app-key"): env("APP_SECRET", "app-secret")}

// In production: a table with a unique column, shared by all processes.
var seen sync.Map

type webhook struct {
	Events []struct {
		Name    string `json:"name"`
		Channel string `json:"channel"`
	} `json:"events"`
}

func env(name, otherwise string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return otherwise
}

// isSigned compares in constant time. The body is the raw bytes, as they came.
func isSigned(key, signature string, body []byte) bool {
	secret, known := secrets[key]
	given, err := hex.DecodeString(signature)
	if !known || err != nil {
		return false
	}
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	return hmac.Equal(mac.Sum(nil), given)
}

func receive(response http.ResponseWriter, request *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(response, request.Body, maxBytes))
	if err != nil {
		response.WriteHeader(http.StatusRequestEntityTooLarge)
		return
	}
	if !isSigned(request.Header.Get("X-Pusher-Key"), request.Header.Get("X-Pusher-Signature"), body) {
		response.WriteHeader(http.StatusUnauthorized)
		return
	}
	delivery := request.Header.Get("webhook-id")
	if _, known := seen.Load(delivery); known && delivery != "" {
		return
	}
	var received webhook
	if err := json.Unmarshal(body, &received); err != nil {
		response.WriteHeader(http.StatusBadRequest)
		return
	}
	for _, event := range received.Events {
		fmt.Println(event.Name, event.Channel)
	}
	seen.Store(delivery, true)
}

func main() {
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Args[1], http.HandlerFunc(receive)))
}
