"""All models, imported so that the metadata is complete. Columns and constraints only."""

from fantooo.models.accounts import Account, Consent, Session
from fantooo.models.base import Base
from fantooo.models.characters import (
    ChatRating,
    Favorite,
    FictionalUser,
    ProfileView,
    SearchTerm,
)
from fantooo.models.chats import (
    Chat,
    Message,
    MessageDraft,
    ProfileNote,
    ProfileNoteHistory,
    SendRequest,
)
from fantooo.models.giving import Approval, CreditRefund, Dispute
from fantooo.models.leaving import DataRequest, DeletedUser
from fantooo.models.limits import (
    AccountPause,
    ActiveStretch,
    ExclusionMark,
    LimitChange,
    PayerMark,
    SpendingLimit,
)
from fantooo.models.media import Media
from fantooo.models.money import CreditTransfer, Transaction
from fantooo.models.operations import (
    AdminNotification,
    AuditEntry,
    JobRun,
    OutboxEntry,
    SecurityEvent,
    SystemSetting,
    SystemSettingHistory,
)
from fantooo.models.payments import (
    CreditPackage,
    IdempotencyKey,
    LoyaltyEntry,
    PackageView,
    Receipt,
    ReconciliationException,
    ReconciliationRun,
    WebhookEvent,
)
from fantooo.models.people import Admin, Operator, RealUser
from fantooo.models.photos import UserPhoto
from fantooo.models.promos import PromoCode, PromoRedemption
from fantooo.models.queue import ChatAssignment, ChatQueueEntry

__all__ = [
    "Account",
    "AccountPause",
    "ActiveStretch",
    "Admin",
    "AdminNotification",
    "Approval",
    "AuditEntry",
    "Base",
    "Chat",
    "ChatAssignment",
    "ChatQueueEntry",
    "ChatRating",
    "Consent",
    "CreditPackage",
    "CreditRefund",
    "CreditTransfer",
    "DataRequest",
    "DeletedUser",
    "Dispute",
    "ExclusionMark",
    "Favorite",
    "FictionalUser",
    "IdempotencyKey",
    "JobRun",
    "LimitChange",
    "LoyaltyEntry",
    "Media",
    "Message",
    "MessageDraft",
    "Operator",
    "OutboxEntry",
    "PackageView",
    "PayerMark",
    "ProfileNote",
    "ProfileNoteHistory",
    "ProfileView",
    "PromoCode",
    "PromoRedemption",
    "RealUser",
    "Receipt",
    "ReconciliationException",
    "ReconciliationRun",
    "SearchTerm",
    "SecurityEvent",
    "SendRequest",
    "Session",
    "SpendingLimit",
    "SystemSetting",
    "SystemSettingHistory",
    "Transaction",
    "UserPhoto",
    "WebhookEvent",
]
