# Receives webhooks: ruby receiver.rb PORT. Needs Ruby 2.7 or later and WEBrick (gem install webrick).

require 'json'
require 'openssl'
require 'set'
require 'webrick'

SECRETS = { ENV.fetch('APP_KEY', 'app-key') => ENV.fetch('APP_SECRET', 'app-secret') }.freeze
SEEN = Set.new # In production: a table with a unique column, shared by all processes.

# Compares in constant time. The body is the raw bytes, as they came.
def signed?(key, signature, body)
  secret = SECRETS[key]
  return false if secret.nil? || signature.nil?

  expected = OpenSSL::HMAC.hexdigest('SHA256', secret, body)
  expected.bytesize == signature.bytesize && OpenSSL.fixed_length_secure_compare(expected, signature)
end

server = WEBrick::HTTPServer.new(
  BindAddress: '127.0.0.1', Port: Integer(ARGV.fetch(0)),
  Logger: WEBrick::Log.new(File::NULL), AccessLog: []
)
server.mount_proc('/') do |request, response|
  body = request.body.to_s
  unless signed?(request['X-Pusher-Key'], request['X-Pusher-Signature'], body)
    response.status = 401
    next
  end
  delivery = request['webhook-id']
  if delivery.nil? || SEEN.add?(delivery)
    JSON.parse(body).fetch('events').each { |event| puts "#{event['name']} #{event['channel']}" }
    $stdout.flush
  end
end
trap('TERM') { server.shutdown }
server.start
