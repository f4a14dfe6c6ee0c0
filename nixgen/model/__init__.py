"""nixgen.model"""
