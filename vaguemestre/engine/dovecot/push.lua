-- Told by Dovecot inside the process that delivers or stores, hence the rules: one short request a transaction, one try,
-- a fifth of a second at most, and never an error to the caller. Who could not be told in that time is noted as an empty file
-- of that name, which the event process takes up: a list refreshes a second later, or when that process is back.

local client, url, word, unheard
-- Dovecot waits twice as long before each new connection to a peer that refuses (the first wait alone can be chosen), and
-- a delivery would wait with it. So after a failure everything is noted instead, for some seconds.
local PAUSE_SECONDS = 5
local silent_until = 0

function script_init(settings)
  url, word, unheard = settings.url, settings.word, settings.unheard
  -- Names of Dovecot 2.4's settings. An unknown one ("timeout") stops the whole hook from loading.
  client = dovecot.http.client({
    request_timeout = "200ms", request_absolute_timeout = "200ms", connect_timeout = "200ms", request_max_attempts = 1,
    connect_backoff_time = "1ms",
  })
  return 0
end

local function quoted(text)
  local plain = tostring(text or ""):gsub('[%c"\\]', function(c) return string.format("\\u%04x", c:byte()) end)
  return '"' .. plain .. '"'
end

local function leave(user)
  if not user:find("^%w+$") then return end
  local file, reason = io.open(unheard .. "/" .. user, "w")
  if file then file:close() else dovecot.i_error("push: " .. reason) end
end

function dovecot_lua_notify_begin_txn(user)
  return {user = user.username, events = {}}
end

-- Numbers arrive as floats ("6.0"): %d, or the receiver would see another type than it expects.
-- What is laid aside when it is deleted (recoverable.conf) is in no list: no page has to hear of it.
local function note(context, kind, event)
  if event.mailbox:sub(1, 12) == "Recoverable/" then return end
  table.insert(context.events, string.format('{"kind":"%s","folder":%s,"uid":%d}', kind, quoted(event.mailbox), event.uid or 0))
end

function dovecot_lua_notify_event_message_new(context, event) note(context, "new", event) end
function dovecot_lua_notify_event_message_append(context, event) note(context, "append", event) end
function dovecot_lua_notify_event_message_expunge(context, event) note(context, "expunge", event) end
function dovecot_lua_notify_event_flags_set(context, event) note(context, "flags", event) end
function dovecot_lua_notify_event_flags_clear(context, event) note(context, "flags", event) end
function dovecot_lua_notify_event_mailbox_create(context, event)
  if event.mailbox ~= "INBOX" then note(context, "folders", event) end -- it is made by its first message
end
function dovecot_lua_notify_event_mailbox_delete(context, event) note(context, "folders", event) end
function dovecot_lua_notify_event_mailbox_rename(context, event) note(context, "folders", event) end
function dovecot_lua_notify_event_mailbox_subscribe(context, event) note(context, "folders", event) end
function dovecot_lua_notify_event_mailbox_unsubscribe(context, event) note(context, "folders", event) end

function dovecot_lua_notify_end_txn(context, success)
  if not success or #context.events == 0 then return end
  if os.time() < silent_until then return leave(context.user) end
  -- 2,000 messages moved at once are one piece of news, not a megabyte.
  local first = {}
  for i = 1, math.min(#context.events, 50) do first[i] = context.events[i] end
  local request = client:request({url = url, method = "POST"})
  request:add_header("Content-Type", "application/json")
  request:add_header("X-Vaguemestre-Push", word)
  request:set_payload('{"user":' .. quoted(context.user) .. ',"total":' .. #context.events .. ',"events":[' .. table.concat(first, ",") .. "]}")
  local response = request:submit()
  if response:status() >= 300 then
    silent_until = os.time() + PAUSE_SECONDS
    leave(context.user)
    dovecot.i_info("push: " .. response:status() .. " " .. response:reason())
  end
end
