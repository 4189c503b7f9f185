<?php
// Receives webhooks: php -S 127.0.0.1:PORT receiver.php. Needs PHP 8 and nothing else.

$secrets = [getenv('APP_KEY') ?: 'app-key' => getenv('APP_SECRET') ?: 'app-secret'];

/** Compares in constant time. The body is the raw bytes, as they came. */
function isSigned(array $secrets, string $key, string $signature, string $body): bool
{
    if (!isset($secrets[$key])) {
        return false;
    }
    return hash_equals(hash_hmac('sha256', $body, $secrets[$key]), $signature);
}

/** Whether the delivery is new. In production: an INSERT into a table with a unique column. */
function isNew(?string $delivery): bool
{
    if ($delivery === null) {
        return true;
    }
    $folder = (getenv('STATE') ?: sys_get_temp_dir()) . '/webhooks';
    @mkdir($folder, 0700, true);
    return @fopen($folder . '/' . hash('sha256', $delivery), 'x') !== false;
}

$body = file_get_contents('php://input');
$key = $_SERVER['HTTP_X_PUSHER_KEY'] ?? '';
$signature = $_SERVER['HTTP_X_PUSHER_SIGNATURE'] ?? '';

if (!isSigned($secrets, $key, $signature, $body)) {
    http_response_code(401);
    return;
}
if (isNew($_SERVER['HTTP_WEBHOOK_ID'] ?? null)) {
    foreach (json_decode($body, true)['events'] as $event) {
        file_put_contents('php://stdout', $event['name'] . ' ' . ($event['channel'] ?? '') . "\n");
    }
}
http_response_code(200);
