#!lua
-- Judges changes of wallets of one part, then writes those that won. A script runs alone: nothing comes between.
-- ARGV[1]: JSON { whole, reads, changes }. If `whole`, all changes are written or none.
-- reads: { wallet, version } that must still hold.
-- change: { wallet, expect, customer, unused, absent, present, events, counters, writes }
local VERSION, CUSTOMER, CUSTOMERS = KEYS[1], KEYS[4], KEYS[5]
local RECEIPT, RECEIPTS_KEY = KEYS[16], KEYS[18]
local EVENT, EVENTS, EVENTS_AT, EVENTS_LAST, POSITION = KEYS[20], KEYS[21], KEYS[22], KEYS[23], KEYS[24]
local COUNTER, COUNTERS = KEYS[25], KEYS[26]
local UNIT = 1000000000000

local function versionOf(wallet)
  return redis.call('HGET', VERSION, wallet) or '0'
end

local function usedKeys(change)
  local used, seen = {}, {}
  for _, key in ipairs(change.unused) do
    local member = redis.call('HGET', RECEIPTS_KEY, change.wallet .. '\0' .. key)
    if member and not seen[member] then used[#used + 1] = redis.call('HGET', RECEIPT, member) end
    if member then seen[member] = true end
  end
  return used
end

-- What breaks the wallet that it was decided on: nothing of the whole call is written.
local function malformed(change)
  for _, row in ipairs(change.absent) do
    if redis.call('HEXISTS', KEYS[row[1]], row[2]) == 1 then return 'exists already: ' .. row[2] end
  end
  for _, row in ipairs(change.present) do
    if redis.call('HEXISTS', KEYS[row[1]], row[2]) == 0 then return 'does not exist: ' .. row[2] end
  end
  local last = tonumber(redis.call('HGET', EVENTS_LAST, change.wallet) or '0')
  for _, event in ipairs(change.events) do
    if event.no <= last then return 'event exists already: ' .. event.no end
  end
  return nil
end

-- 64-bit sums, which Lua's numbers are not: Redis adds them up, and refuses what overflows.
local added = {}
local function add(field, by)
  local sum = redis.pcall('HINCRBY', COUNTER, field, by)
  if type(sum) == 'table' and sum.err then return nil end
  added[#added + 1] = { field, by }
  return sum
end

local function minus(by)
  return string.sub(by, 1, 1) == '-' and string.sub(by, 2) or '-' .. by
end

-- Keeps the fraction below a whole unit: a double holds it exactly.
local function carry(member, fraction)
  if fraction >= UNIT then
    return add(member .. '\0fraction', '-1000000000000') and add(member .. '\0quantity', '1')
  end
  if fraction <= -UNIT then
    return add(member .. '\0fraction', '1000000000000') and add(member .. '\0quantity', '-1')
  end
  return true
end

local function count(counter)
  local member = counter.member
  local fraction = add(member .. '\0fraction', counter.fraction)
  return fraction and carry(member, fraction)
    and add(member .. '\0quantity', counter.quantity)
    and add(member .. '\0amount', counter.amount)
    and add(member .. '\0count', counter.count)
end

local function name(change)
  local wallet, customer = change.wallet, change.customer
  local before = redis.call('HGET', CUSTOMER, wallet)
  if before == customer then return end
  if before then redis.call('ZREM', CUSTOMERS, before .. '\0' .. wallet) end
  redis.call('HSET', CUSTOMER, wallet, customer)
  redis.call('ZADD', CUSTOMERS, 0, customer .. '\0' .. wallet)
end

local function write(change)
  name(change)
  for _, command in ipairs(change.writes) do
    redis.call(command[1], KEYS[command[2]], unpack(command, 3))
  end
  for _, counter in ipairs(change.counters) do redis.call('ZADD', COUNTERS, 0, counter.member) end
  for _, event in ipairs(change.events) do
    -- Commits come one after the other, so whoever reads a position has seen all below it.
    local position = string.format('%017.0f', redis.call('INCR', POSITION))
    redis.call('HSET', EVENT, position, event.row)
    redis.call('ZADD', EVENTS, 0, position)
    redis.call('ZADD', EVENTS_AT, event.at, position)
    redis.call('HSET', EVENTS_LAST, change.wallet, event.no)
  end
end

local job = cjson.decode(ARGV[1])
for _, read in ipairs(job.reads) do
  if versionOf(read.wallet) ~= read.version then return { { 'conflict' } } end
end
local answers, lost = {}, 0
for i, change in ipairs(job.changes) do
  local used = usedKeys(change)
  if versionOf(change.wallet) ~= change.expect then
    answers[i] = { 'conflict' }
  elseif #used > 0 then
    answers[i] = { 'duplicate', used }
  else
    local problem = malformed(change)
    if problem then return redis.error_reply('MALFORMED ' .. problem) end
    answers[i] = { 'committed' }
  end
  if answers[i][1] ~= 'committed' then lost = lost + 1 end
end
if job.whole and lost > 0 then return answers end

-- Counters first: they alone can fail, and are taken back if one does.
for i, change in ipairs(job.changes) do
  if answers[i][1] == 'committed' then
    for _, counter in ipairs(change.counters) do
      if not count(counter) then
        for j = #added, 1, -1 do redis.call('HINCRBY', COUNTER, added[j][1], minus(added[j][2])) end
        return redis.error_reply('MALFORMED a counter passes 64 bits')
      end
    end
  end
end
for i, change in ipairs(job.changes) do
  if answers[i][1] == 'committed' then write(change) end
end
return answers
